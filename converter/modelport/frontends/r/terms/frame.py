"""A model's terms object: its variables as expressions, what kind each is, and which columns of a row they read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError, UnsupportedModelError
from modelport.frontends.r._variables import Hints, Kind, Variable
from modelport.frontends.r.serialize import (
    NULL,
    REnvironment,
    RList,
    RObject,
    RPairs,
    RSymbol,
    RVector,
    as_array,
    is_factor,
    matrix,
    names,
    texts,
)
from modelport.frontends.r.terms.calls import as_call, deparse, variables_in
from modelport.frontends.r.terms.compiler import constant_of
from modelport.frontends.r.terms.convert_types import as_number, level_texts
from modelport.frontends.r.terms.values import Constant

__all__ = ["Frame", "frame_of"]

_FACTORS = ("factor", "ordered")
_TO_FACTOR = frozenset(("factor", "as.factor", "ordered", "as.ordered", "as.character", "relevel", "droplevels", "C"))
# These take nothing but factors: the column was one.
_OF_FACTORS = frozenset(("relevel", "droplevels", "C"))
_TEXT_OPERATORS = frozenset(("==", "!=", "%in%"))
_LOGIC = frozenset(("!", "&", "|", "xor"))
_KNOWN = frozenset(("pi", "T", "F", "TRUE", "FALSE"))


@dataclass(frozen=True)
class Frame:
    """``terms``: the terms object; ``xlevels``: the levels of its factors by the variable's text; ``contrasts`` likewise.

    ``extra`` are further expressions that are evaluated in the rows, such as the offset of a call. ``data`` are the columns
    of the fit where the model keeps them: they tell the type of a column that stands inside an expression only.
    """

    terms: RObject
    xlevels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contrasts: Mapping[str, RObject] = field(default_factory=dict)
    extra: tuple[RObject, ...] = ()
    data: Mapping[str, RObject] = field(default_factory=dict)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The text of each variable, the response's too, as ``dataClasses``, ``xlevels`` and ``factors`` have it."""
        factors = self.terms.attributes.get("factors")
        if isinstance(factors, RVector) and "dim" in factors.attributes:
            return tuple(matrix(factors).rows)
        kinds = self.terms.attributes.get("dataClasses")
        given = names(kinds) if kinds is not None else []
        own = [deparse(node) for node in self._listed("variables")]
        return tuple(given) if len(given) == len(own) else tuple(own)

    def _listed(self, name: str) -> list[RObject]:
        """The expressions in a call list(…)."""
        given = self.terms.attributes.get(name)
        if not isinstance(given, RPairs):
            given = self.terms.attributes.get("variables")
        if not isinstance(given, RPairs):
            raise ModelFileError(
                "the terms of the model list no variables", where="terms", fix="save the model whole, with its terms"
            )
        return list(given.values[1:])

    @cached_property
    def response(self) -> int | None:
        """The place of the response among the variables."""
        given = self.terms.attributes.get("response")
        place = int(as_array(given)[0]) if given is not None and len(as_array(given)) else 0
        return place - 1 if place > 0 else None

    @cached_property
    def expressions(self) -> dict[str, RObject]:
        """Each variable but the response: its text, and the expression with the constants of the fit."""
        found = self._listed("predvars")
        plain = self._listed("variables")
        if len(found) != len(plain):
            found = plain
        pairs = zip(self.labels, found, strict=False)
        return {label: node for place, (label, node) in enumerate(pairs) if place != self.response}

    @cached_property
    def offsets(self) -> list[RObject]:
        """The expressions of offset() in the formula."""
        given = self.terms.attributes.get("offset")
        if given is None:
            return []
        plain = self._listed("variables")
        return [plain[int(place) - 1] for place in as_array(given)]

    @cached_property
    def offset_labels(self) -> set[str]:
        """The texts of the variables that are offsets."""
        given = self.terms.attributes.get("offset")
        places = [] if given is None else [int(place) - 1 for place in as_array(given)]
        return {self.labels[place] for place in places if place < len(self.labels)}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """dataClasses: numeric, factor, ordered, character, logical, nmatrix.K, other."""
        given = self.terms.attributes.get("dataClasses")
        return {} if given is None else dict(zip(names(given), texts(given), strict=True))

    @cached_property
    def intercept(self) -> bool:
        """Whether there is one."""
        given = self.terms.attributes.get("intercept")
        return given is None or bool(as_array(given)[0])

    @cached_property
    def factors(self) -> tuple[npt.NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
        """int [variables, terms]: 0 absent, 1 by contrasts, 2 one column for each level; and the texts of both."""
        given = self.terms.attributes.get("factors")
        if not isinstance(given, RVector) or "dim" not in given.attributes:
            return np.zeros((0, 0), dtype=np.int64), (), ()
        found = matrix(given)
        return found.values.astype(np.int64), tuple(found.rows), tuple(found.columns)

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """Names of one number or text that the formula's own environment holds."""
        found: dict[str, Constant] = {}
        place: RObject = self.terms.attributes.get(".Environment", NULL)
        while isinstance(place, REnvironment) and place.kind == "plain":
            for name, value in place.frame.items():
                constant = constant_of(value)
                if constant is not None and len(constant.values) == 1:
                    found.setdefault(name, constant)
            place = place.parent
        return found

    def variables(self, hints: Hints) -> list[Variable]:
        """The columns that rows must have, in the order of the formula. Raises: UnsupportedModelError."""
        found: dict[str, Variable] = {}
        wrong: list[str] = []
        bare = {node.name: label for label, node in self.expressions.items() if isinstance(node, RSymbol)}
        for label, node in [*self.expressions.items(), *((deparse(e), e) for e in self.extra)]:
            for name in variables_in(node):
                if name in found or (name in _KNOWN and name not in hints):
                    continue
                if name in self.constants and name not in hints and name not in bare:
                    continue
                kind = self.kinds.get(bare[name]) if name in bare else None
                try:
                    found[name] = self._variable(name, bare.get(name, label), kind, node, hints)
                except ValueError as err:
                    wrong.append(f"{name!r} {err}")
        if wrong:
            raise UnsupportedModelError(
                f"columns that no target has a type for: {'; '.join(wrong)}",
                where="the model's terms",
                fix="make numbers, text or TRUE/FALSE of them before the fit",
            )
        return list(found.values())

    def _variable(self, name: str, label: str, kind: str | None, node: RObject, hints: Hints) -> Variable:
        if kind in ("factor", "ordered", "character"):
            return Variable(name, kind, self.xlevels.get(label))  # type: ignore[arg-type]
        if kind == "logical":
            return Variable(name, "logical")
        if kind is not None and kind.startswith("nmatrix"):
            raise ValueError(f"is a matrix in the rows ({kind})")
        if kind == "other":
            raise ValueError("is neither number, factor, text nor logical")
        if kind is None:
            return self._inferred(name, label, node, hints)
        return Variable(name, "number")

    def _inferred(self, name: str, label: str, node: RObject, hints: Hints) -> Variable:
        """The type of a column that stands inside an expression only: from the fit, its use, or what the sample shows."""
        kept = self.data.get(name)
        if kept is not None and (found := _of_column(name, kept)) is not None:
            return found
        uses = [use for expression in (*self.expressions.values(), *self.extra) for use in _uses(expression, name)]
        levels = self.xlevels.get(label)
        as_level = [use for use in uses if use in _TO_FACTOR]
        if as_level and len(as_level) == len(uses) and levels is not None and isinstance(node, RPairs):
            if any(use in _OF_FACTORS for use in uses):
                return Variable(name, "factor", levels)
            stated = _stated_levels(node)
            return _of_levels(name, stated or levels, hints, stated is not None or _plain_factor(node))
        if as_level and hints.get(name) == "text":
            return Variable(name, "character")
        if any(use == "text" for use in uses):
            return Variable(name, "character")
        if uses and all(use in _LOGIC or use == "test" for use in uses) and hints.get(name) != "number":
            return Variable(name, "logical")
        if hints.get(name) == "text" and not isinstance(node, RSymbol):
            raise ValueError("is text in the sample, and the model does not keep what levels it had in the fit")
        return Variable(name, "logical" if hints.get(name) == "logical" else "number")


def _of_column(name: str, kept: RObject) -> Variable | None:
    """The type of a column that the model keeps; of numbers and texts the use may say more."""
    if is_factor(kept):
        kind: Kind = "ordered" if "ordered" in texts(kept.attributes["class"]) else "factor"
        return Variable(name, kind, tuple(texts(kept.attributes["levels"])))
    if isinstance(kept, RVector) and kept.kind == "logical":
        return Variable(name, "logical")
    return None


def _plain_factor(node: RObject) -> bool:
    """Whether the levels are those of the column itself: factor(x), but not factor(x, levels, labels)."""
    call = as_call(node)
    return (
        call is not None and call.name in ("factor", "as.factor", "ordered", "as.ordered") and len(call.arguments) == 1
    )


def _stated_levels(node: RObject) -> tuple[str, ...] | None:
    """The levels in factor(x, levels = c(…)), which are the values that x may have."""
    call = as_call(node)
    if call is None or call.name not in ("factor", "ordered"):
        return None
    try:
        given = call.matched(("x", "levels", "labels", "exclude", "ordered", "nmax")).get("levels")
    except ValueError:
        return None
    found = constant_of(given) if given is not None else None
    inner = as_call(given) if given is not None and found is None else None
    if inner is not None and inner.name == "c":
        parts = [constant_of(value) for _, value in inner.arguments]
        if all(part is not None for part in parts):
            return tuple(str(text) for part in parts if part is not None for text in level_texts(part))
    return None if found is None else tuple(str(text) for text in level_texts(found))


def _of_levels(name: str, levels: tuple[str, ...], hints: Hints, plain: bool) -> Variable:
    numbers: tuple[float, ...] | None
    try:
        numbers = tuple(as_number(level) for level in levels)
    except ValueError:
        numbers = None
    logical = set(levels) <= {"TRUE", "FALSE"}
    if logical and hints.get(name, "logical") == "logical":
        return Variable(name, "logical")
    if numbers is not None and hints.get(name, "number") == "number":
        return Variable(name, "number", numbers=numbers if plain else None)
    return Variable(name, "character", levels if plain else None)


def _uses(node: RObject, name: str) -> Iterator[str]:
    """The functions that a name is an argument of; 'text' where it is compared with text."""
    call = as_call(node)
    if call is None:
        if isinstance(node, RPairs) and node.kind == "call":
            for value in node.values:
                yield from _uses(value, name)
        elif isinstance(node, RSymbol) and node.name == name:
            yield ""
        return
    arguments = [value for _, value in call.arguments]
    for place, value in enumerate(arguments):
        if isinstance(value, RSymbol):
            if value.name != name:
                continue
            others = [constant_of(other) or other for other in arguments if other is not value]
            textual = any(_is_text(other) for other in others)
            if call.name in _TEXT_OPERATORS and textual:
                yield "text"
            elif call.name == "ifelse" and place == 0:
                yield "test"
            else:
                yield call.name
        else:
            yield from _uses(value, name)


def _is_text(node: object) -> bool:
    if isinstance(node, Constant):
        return node.kind == "text"
    call = as_call(node) if isinstance(node, RObject) else None
    return call is not None and call.name == "c" and any(_is_text(constant_of(value)) for _, value in call.arguments)


def frame_of(model: RObject, *, extra: tuple[RObject, ...] = ()) -> Frame:
    """The terms, xlevels and contrasts of a model that keeps them under these names. Raises: ModelFileError."""
    terms = model.get("terms")
    if terms is None or not isinstance(terms, RPairs):
        raise ModelFileError(
            "the model keeps no terms", where="element $terms", fix="save the model whole, as the function gave it"
        )
    kept = {name: value for part in ("model", "data") for name, value in _by_name(model.get(part)).items()}
    return Frame(terms, _levels(model.get("xlevels")), _by_name(model.get("contrasts")), extra, kept)


def _levels(given: RObject | None) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, RList):
        return {}
    return {
        name: tuple(texts(value)) for name, value in zip(names(given), given.values, strict=True) if value is not NULL
    }


def _by_name(given: RObject | None) -> dict[str, RObject]:
    if not isinstance(given, RList):
        return {}
    return dict(zip(names(given), given.values, strict=True))
