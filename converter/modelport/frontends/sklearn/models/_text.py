"""Text steps of vectorizers: which of their options all runtimes share, and how counts enter the graph."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError, UnsupportedTypeError
from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.text.pattern import PatternError, compile_pattern
from modelport.ir.text.step import CodeMap, Program, TextStep, TextTables
from modelport.ir.text.unicode_tables import (
    HERE,
    Alphabet,
    ascii_fold,
    lower_map,
    sigma_sets,
    unicode_fold,
    white_space,
)
from modelport.remote import Remote

__all__ = ["counted_terms", "is_text", "refused_options"]

# Narrower types wrap around: 256 in an int8 is 0.
_EXACT_TYPES = frozenset({"bool", "int32", "int64", "uint32", "uint64", "float32", "float64"})


def refused_options(estimator: Any) -> list[str]:
    """What of a vectorizer's options cannot be shared by all runtimes, one sentence each."""
    reasons = [
        f"{name} is a Python callable, which no other language can run"
        for name in ("analyzer", "tokenizer", "preprocessor", "strip_accents")
        if callable(getattr(estimator, name))
    ]
    if estimator.input != "content":
        reasons.append(f"input={estimator.input!r} reads files; fit with input='content'")
    if np.dtype(estimator.dtype).name not in _EXACT_TYPES:
        reasons.append(f"dtype={np.dtype(estimator.dtype).name} is too narrow for counts; fit with int64 or float64")
    if min(estimator.ngram_range) < 1:
        reasons.append(f"ngram_range={estimator.ngram_range} makes n-grams of no token at all")
    if estimator.analyzer == "word" and not callable(estimator.tokenizer):
        try:
            compile_pattern(estimator.token_pattern)
        except PatternError as err:
            reasons.append(f"token_pattern {estimator.token_pattern!r} is none that all runtimes share: {err}")
    return reasons


def counted_terms(
    scope: Scope,
    estimator: Any,
    table: Columns,
    *,
    width: int,
    counting: Literal["vocabulary", "hash", "signed_hash"],
    terms: Sequence[str] = (),
) -> Columns:
    """Adds a text step for the one text column of the table: its counts as rows of terms [N, width].

    Numerics: exact, counts are whole numbers; float32 where the vectorizer's dtype is, else float64.
    """
    feature = _feature(estimator, table)
    scope.passed(table, type(estimator).__name__)
    scope.read_whole(table)
    dtype = np.dtype(estimator.dtype)
    ids, counts = scope.text_step(
        lambda ids, counts: TextStep(
            feature=feature,
            ids=ids,
            counts=counts,
            width=width,
            analyzer=estimator.analyzer,
            ngrams=(int(estimator.ngram_range[0]), int(estimator.ngram_range[1])),
            lowercase=bool(estimator.lowercase),
            accents=estimator.strip_accents or "keep",
            pattern=estimator.token_pattern if estimator.analyzer == "word" else None,
            counting=counting,
            # A count other than 0 is True, and True is 1.
            binary=bool(estimator.binary) or dtype == np.bool_,
            unicode=_alphabet(estimator).version,
            tables=_tables(estimator, terms),
        ),
        ir.DataType.FLOAT if dtype == np.float32 else ir.DataType.DOUBLE,
    )
    origin = Origin(frozenset({feature}), counted=True)
    return Columns((Part(counts, (origin,) * width, ids),))


def _feature(estimator: Any, table: Columns) -> str:
    """The feature behind the one column. Raises: UnsupportedTypeError, UnsupportedModelError."""
    kind = type(estimator).__name__
    if table.width != 1:
        raise UnsupportedModelError(
            f"{kind} reads one column of text, here are {table.width}",
            where=f"model, {kind}",
            fix="give each text column a vectorizer of its own in a ColumnTransformer",
        )
    (part,), (origin,) = table.parts, table.origins
    if part.kind != "string":
        raise UnsupportedTypeError(
            f"{kind} reads text, the sample holds numbers",
            where=f"column {', '.join(sorted(origin.features))}",
            fix="give the texts that the model was fitted on",
        )
    if origin.single is None or part.value.producer() is not None:
        raise UnsupportedModelError(
            f"{kind} reads what another step has made of a text",
            where=f"model, {kind}",
            fix="let the vectorizer read the column itself, and change texts before they reach the model",
        )
    return origin.single


def _tables(estimator: Any, terms: Sequence[str]) -> TextTables:
    """Only what the options ask for: the rest would travel for nothing."""
    alphabet = _alphabet(estimator)
    word = estimator.analyzer == "word"
    none = CodeMap((), ())
    fold = {"unicode": unicode_fold, "ascii": ascii_fold}.get(estimator.strip_accents or "")
    cased, ignorable = sigma_sets(alphabet) if estimator.lowercase else ((), ())
    return TextTables(
        terms=tuple(terms),
        stop_words=_stop_words(estimator) if word else (),
        lower=lower_map(alphabet) if estimator.lowercase else none,
        fold=fold(alphabet) if fold else none,
        cased=cased,
        ignorable=ignorable,
        spaces=() if word else white_space(alphabet),
        program=compile_pattern(estimator.token_pattern, alphabet) if word else Program((), ()),
    )


def _stop_words(estimator: Any) -> tuple[str, ...]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    given = ENGLISH_STOP_WORDS if estimator.stop_words == "english" else estimator.stop_words or ()
    return tuple(sorted({str(word) for word in given if is_text(word)}))


def _alphabet(estimator: Any) -> Alphabet:
    """How the Python that the estimator runs in treats characters: its Unicode version may be another."""
    if not isinstance(estimator, Remote):
        return HERE
    ask = estimator.remote_text
    version = str(ask("version"))
    if version == HERE.version:
        return HERE
    return _elsewhere(ask, version)


@cache
def _elsewhere(ask: Callable[..., Any], version: str) -> Alphabet:
    return Alphabet(
        version,
        lambda texts: list(ask("lower", *texts)),
        lambda texts: list(ask("nfkd", *texts)),
        lambda: str(ask("marks")),
        lambda pattern, flags: list(ask("runs", pattern, flags)),
    )


def is_text(term: object) -> bool:
    """Whether a text may be equal to this: text with a UTF-8 form, so no lone surrogate."""
    return isinstance(term, str) and not any("\ud800" <= char <= "\udfff" for char in term)
