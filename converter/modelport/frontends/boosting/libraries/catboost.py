"""CatBoost: live objects and .cbm and .json files. The library writes its JSON export, which our own reader parses."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ModelFileError, NotFittedError, UnsupportedModelError
from modelport.frontends.boosting._library import Library
from modelport.ir.builder import GraphBuilder
from modelport.readers.boosted import BoostedColumn, Emission
from modelport.readers.catboost.dictionary import Dictionary, category_notes
from modelport.readers.catboost.emit import PredictionType, emit
from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import CatBoostModel
from modelport.readers.catboost.parse import parse
from modelport.readers.catboost.questions import answer, prediction_type, sample_dictionaries
from modelport.readers.catboost.refusals import refusals, unreadable

__all__ = ["LIBRARY"]

Array = npt.NDArray[np.generic]

_SOURCE = "catboost/libs/model/cpu and libs/eval_result/eval_helpers.cpp of 1.2"
_MAGIC = b"CBM1"
# Loads a model, writes it and predicts a row of zeros: all that is done with it here.
_TRIAL = """
import sys, catboost
model = catboost.CatBoost().load_model(sys.argv[1], format=sys.argv[2])
model.save_model(sys.argv[3], format="json")
if not len(model._get_cat_feature_indices()):
    model.predict([[0.0] * len(model.feature_names_)], thread_count=1)
"""
_TRIAL_S = 300
_DAMAGED = (KeyError, ValueError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True)
class _CatBoost:
    """A fitted model: the library's object to ask, and what was read of it. ``source`` is Any, as the library has no
    types.
    """

    source: Any
    read: CatBoostModel
    dictionaries: tuple[Dictionary, ...] = ()

    @property
    def model_class(self) -> str:
        return f"catboost.{type(self.source).__name__}"

    @cached_property
    def named(self) -> bool:
        return any(self.read.names)

    @property
    def columns(self) -> tuple[BoostedColumn, ...]:
        """The columns of fit()."""
        found = [BoostedColumn(name or f"x{index}") for index, name in enumerate(self.read.names)]
        for place, column in enumerate(self.read.cat_columns.tolist()):
            known = self.dictionaries[place] if self.dictionaries else None
            found[column] = replace(
                found[column],
                kind="category",
                categories=known.texts if known is not None and known.kind == "text" else None,
                numbers=tuple(known.numbers.astype(np.float64).tolist())
                if known is not None and known.kind == "integer"
                else None,
            )
        return tuple(found)

    def with_categories(self, columns: Mapping[str, Array]) -> "_CatBoost":
        """Finds the values behind the hashes of the model."""
        own = [list(columns.values())[column] for column in self.read.cat_columns]
        return replace(self, dictionaries=sample_dictionaries(self.source, self.read, own))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a caller should know."""
        return category_notes(self.dictionaries)

    def refusals(self) -> list[str]:
        return refusals(self.read)

    def emit(self, builder: GraphBuilder, values: Sequence[ir.Value]) -> Emission:
        return emit(builder, self.read, values, self._kind, type(self.source).__name__, self.dictionaries)

    def ask(self, table: Mapping[str, Array], outputs: Sequence[str]) -> Mapping[str, Array]:
        """Asks predict() and its companions."""
        return answer(self.source, self._rows(table), outputs, self._kind)

    def _rows(self, table: Mapping[str, Array]) -> Any:
        if not len(self.read.cat_columns):
            return np.stack(list(table.values()), axis=1)
        import pandas as pd

        names = list(self.read.names) if self.named else list(range(len(self.read.names)))
        cats = set(self.read.cat_columns.tolist())
        columns = [
            pd.Series(_whole(values) if place in cats else values, dtype=object if place in cats else None)
            for place, values in enumerate(table.values())
        ]
        return pd.concat(columns, axis=1, keys=names)

    @cached_property
    def _kind(self) -> PredictionType:
        return prediction_type(self.source, lambda: self.read)


def _whole(values: Array) -> Array:
    """Codes as integers: CatBoost takes no other numbers for categories. Missing ones stay, for it to refuse."""
    if values.dtype.kind != "f":
        return values
    numbers = np.empty(len(values), dtype=object)
    numbers[:] = [int(value) if value == value else value for value in values.tolist()]
    return numbers


def _owns(model: object) -> bool:
    # Exactly the library's own classes: a subclass may predict otherwise.
    return type(model).__module__.split(".")[0] == "catboost" and hasattr(model, "save_model")


def _sniff(head: bytes) -> bool:
    return head.startswith(_MAGIC) or _is_json(head)


def _is_json(head: bytes) -> bool:
    text = head.lstrip()
    return text.startswith(b"{") and (b'"features_info"' in text or b'"ctr_data"' in text)


def _read(data: bytes, where: str) -> _CatBoost:
    import catboost

    try:
        if not data.startswith(_MAGIC):
            json.loads(data)  # the library takes half a JSON file for a model without trees
        fault = _tried(data)
        if fault is not None:
            raise ValueError(fault)
        # What the library does not read of a JSON file, it does not predict with either: so its own view is parsed.
        base = _loaded(catboost.CatBoost(), data)
        read = parse(_exported(base))
        kind = (
            catboost.CatBoostRegressor
            if prediction_type(base, lambda: read) != "Class"
            else catboost.CatBoostClassifier
        )
        return _CatBoost(_loaded(kind(), data), read)
    except (catboost.CatBoostError, *_DAMAGED) as err:
        raise ModelFileError(
            f"CatBoost cannot load the file: {err}", where=where, fix="save the model again with save_model"
        ) from err


def _tried(data: bytes) -> str | None:
    """Loads a file in a process of its own: the library trusts what stands there, and may take the process with it."""
    form = _form(data)
    with tempfile.TemporaryDirectory(prefix="modelport-") as folder:
        path, copy = Path(folder) / f"model.{form}", Path(folder) / "copy.json"
        path.write_bytes(data)
        command = [sys.executable, "-W", "ignore", "-c", _TRIAL, str(path), form, str(copy)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_TRIAL_S, check=False)
        except subprocess.TimeoutExpired:
            return f"it did not load within {_TRIAL_S} seconds"
    # Errors that the library tells are told again, in its words, when it is loaded here.
    return None if done.returncode >= 0 else f"the library crashed on it (signal {-done.returncode})"


def _form(data: bytes) -> str:
    return "cbm" if data.startswith(_MAGIC) else "json"


def _loaded(model: Any, data: bytes) -> Any:
    form = _form(data)
    with tempfile.TemporaryDirectory(prefix="modelport-") as folder:
        path = Path(folder) / f"model.{form}"
        path.write_bytes(data)
        return model.load_model(str(path), format=form)


def _take(model: Any) -> _CatBoost:
    if not model.is_fitted():
        raise NotFittedError(
            f"the {type(model).__name__} was never fitted", where="the model given", fix="call fit() first"
        )
    return _CatBoost(model, parse(_exported(model)))


def _exported(model: Any) -> str:
    reasons = unreadable(model)
    if reasons:
        raise UnsupportedModelError(
            f"{type(model).__name__} cannot be converted exactly: {'; '.join(reasons)}",
            where=f"model catboost.{type(model).__name__}",
            fix="train it without these features",
        )
    return json_text(model)


def _errors() -> tuple[type[Exception], ...]:
    import catboost

    return (catboost.CatBoostError,)


LIBRARY = Library(
    name="catboost",
    classes=[
        (f"catboost.{name}", _SOURCE)
        for name in ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")
    ],
    owns=_owns,
    sniff=_sniff,
    read=_read,
    take=_take,
    errors=_errors,
)
