"""Rows as C5.0 and Cubist read them: numbers in single precision, discrete values by code, and what ends R with an error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import both, constant, either, is_nan, negated, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._data_frame import Inner
from modelport.frontends.r.models._trees import matrix_of, missing_input, term_columns
from modelport.frontends.r.serialize import RList, RObject, RPairs, RStrings, flag, names, text, texts
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.quinlan_names import UNKNOWN, WRONG, Attribute, Names, read_names

__all__ = ["Cases", "Columns", "cases_of", "column_variables", "columns_of", "name_reasons"]

_BOOL, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.FLOAT, ir.DataType.INT64
# Numbers that the C code takes for signs: of these bits a number is missing, or does not apply.
_MISSING_NUMBER, _NO_NUMBER = 2.0**-99, 2.0**-149
_WEIGHT = "case weight"


@dataclass(frozen=True)
class Columns:
    """The predictors: ``attributes`` are their places in the names, ``labels`` what R calls them; ``frame`` of a formula.

    ``levels``: the levels of R for discrete ones, as the rows of ``codes``.
    """

    names: Names
    attributes: tuple[int, ...]
    labels: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    frame: Frame | None = None

    def attribute(self, number: int) -> Attribute:
        """The attribute of a predictor."""
        return self.names.attributes[self.attributes[number]]

    def codes(self, number: int) -> list[int]:
        """The code of each level of a discrete predictor."""
        return [self.attribute(number).level_code(level) for level in self.levels[number]]

    def known_codes(self) -> dict[int, list[int]]:
        """By attribute: the codes that rows can have."""
        return {
            place: [code for code in self.codes(number) if code > UNKNOWN]
            for number, place in enumerate(self.attributes)
            if self.attribute(number).values
        }


@dataclass(frozen=True)
class Cases:
    """``numbers`` float32 [N, F], NaN for missing, ``places`` the column of each continuous attribute in it.

    ``discrete``: by attribute int64 [N], the place of a level, their count where it is missing; ``codes`` of these levels.
    ``refused`` bool [N, 1]: R ends with an error. ``missing``: the code for which a missing value counts, where it is one.
    """

    numbers: ir.Value | None
    places: dict[int, int]
    discrete: dict[int, ir.Value]
    codes: dict[int, list[int]]
    refused: ir.Value | None
    missing: dict[int, int] = field(default_factory=dict)

    def table(self, scope: Scope, attribute: int, of_code: Callable[[int], Sequence[float]]) -> ir.Value:
        """float64 [N, K]: what ``of_code`` says of the code of a discrete value; of UNKNOWN where it is missing."""
        fill = self.missing.get(attribute, UNKNOWN)
        codes = [fill if code <= UNKNOWN else code for code in (*self.codes[attribute], UNKNOWN)]
        rows = np.array([of_code(code) for code in codes], dtype=np.float64)
        return scope.builder.op("Gather", scope.builder.constant(rows), self.discrete[attribute], axis=0)

    def compared(self, scope: Scope, attributes: Sequence[int]) -> ir.Value:
        """float32 [N, K]: the numbers of these attributes side by side."""
        assert self.numbers is not None
        index = np.array([self.places[attribute] for attribute in attributes], dtype=np.int64)
        return scope.builder.op("Gather", self.numbers, scope.builder.constant(index), axis=1)


def columns_of(model: RObject, predictors: Sequence[str]) -> Columns:
    """What the names of a model say of its predictors, in the order in which R writes them. Raises: ModelFileError."""
    found = read_names(text(model["names"]))
    inputs = tuple(p for p, a in enumerate(found.attributes) if a.name not in (found.target, _WEIGHT))
    terms, levels = model.get("Terms"), model.get("xlevels")
    if not isinstance(terms, RPairs):
        own = tuple(found.attributes[place].levels for place in inputs)
        return Columns(found, inputs, tuple(predictors), own)
    by_name: dict[str, tuple[str, ...]] = {}
    if isinstance(levels, RList):
        by_name = {n: tuple(texts(v)) for n, v in zip(names(levels), levels, strict=True) if isinstance(v, RStrings)}
    frame = Frame(terms, by_name)
    labels = tuple(frame.expressions)
    return Columns(found, inputs, labels, tuple(by_name.get(label, ()) for label in labels), frame)


def name_reasons(model: RObject, columns: Columns) -> list[str]:
    """Why the names do not fit the predictors."""
    if len(columns.labels) != len(columns.attributes):
        return [f"its names list {len(columns.attributes)} predictors, and it has {len(columns.labels)}"]
    reasons = []
    weighted = any(attribute.name == _WEIGHT for attribute in columns.names.attributes)
    if "caseWeights" in model and flag(model["caseWeights"]) != weighted:
        reasons.append("a predictor named 'case weight' is taken for the weights of cases")
    for number, label in enumerate(columns.labels):
        attribute, levels = columns.attribute(number), columns.levels[number]
        if bool(attribute.values) != bool(levels):
            reasons.append(f"the kind of {label!r} in its names is not that of the column")
    return reasons


def column_variables(columns: Columns, hints: Hints) -> list[Variable]:
    """The columns of a caller's row."""
    if columns.frame is not None:
        return columns.frame.variables(hints)
    found = []
    for number, label in enumerate(columns.labels):
        attribute, levels = columns.attribute(number), columns.levels[number]
        if attribute.values:
            found.append(Variable(label, "ordered" if attribute.ordered else "factor", levels))
        else:
            found.append(Variable(label, "number"))
    return found


def cases_of(scope: Scope, columns: Columns) -> Cases:
    """Reads the rows; notes what R does with infinite numbers and unseen levels."""
    b = scope.builder
    scope.refuses_infinite = True
    scope.notes.append(
        "R writes numbers with 15 digits and reads them in single precision; one within 1e-15 of the middle between two "
        "such numbers may there be rounded the other way"
    )
    rows, unknown = _rows(scope, columns)
    refused = [] if unknown is None else [unknown]
    numeric = [n for n in range(len(columns.labels)) if not columns.attribute(n).values]
    numbers = None
    if numeric:
        numbers = b.cast(b.op("Gather", rows, b.constant(np.array(numeric, dtype=np.int64)), axis=1), _FLOAT)
        missing = b.op("Equal", numbers, b.constant(np.float32(_MISSING_NUMBER)), dtype=_BOOL)
        numbers = where(scope, missing, b.constant(np.float32(np.nan)), numbers)
        odd = b.op("Equal", numbers, b.constant(np.float32(_NO_NUMBER)), dtype=_BOOL)
        refused.append(_any(scope, either(scope, odd, b.op("IsInf", numbers, dtype=_BOOL))))
    discrete: dict[int, ir.Value] = {}
    codes: dict[int, list[int]] = {}
    for number, attribute in enumerate(columns.attributes):
        if not columns.attribute(number).values:
            continue
        codes[attribute] = columns.codes(number)
        discrete[attribute] = _level(scope, rows, number, len(codes[attribute]))
        if WRONG in codes[attribute]:
            wrong = np.array([code == WRONG for code in (*codes[attribute], UNKNOWN)]).reshape(-1, 1)
            refused.append(b.op("Gather", b.constant(wrong), discrete[attribute], axis=0))
    places = {columns.attributes[n]: k for k, n in enumerate(numeric)}
    return Cases(numbers, places, discrete, codes, either(scope, *refused) if refused else None)


def _level(scope: Scope, rows: ir.Value, number: int, count: int) -> ir.Value:
    """int64 [N]: the place of a level from its number in a column of the rows."""
    b = scope.builder
    column = flat(scope, b.op("Gather", rows, b.constant(np.array([number], dtype=np.int64)), axis=1))
    place = where(scope, is_nan(scope, column), constant(scope, float(count + 1)), column)
    return b.op("Sub", b.cast(place, _INT64), b.constant(np.asarray(1, dtype=np.int64)))


def _any(scope: Scope, flags: ir.Value) -> ir.Value:
    """bool [N, K] -> bool [N, 1]."""
    b = scope.builder
    counted = b.cast(flags, ir.DataType.DOUBLE)
    most = b.op("ReduceMax", counted, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.op("Greater", most, constant(scope, 0.5), dtype=_BOOL)


def _rows(scope: Scope, columns: Columns) -> tuple[ir.Value, ir.Value | None]:
    """float64 [N, F] of the predictors, and where a level is unknown, bool [N, 1]."""
    if columns.frame is not None:
        found = term_columns(scope, columns.frame, columns.labels, computed_missing=True)
        return found.value, found.unknown
    value = matrix_of(scope, columns.labels).value
    unknown = [_unknown(scope, label) for label in columns.labels if scope.variables[label].is_text]
    return value, either(scope, *unknown) if unknown else None


def _unknown(scope: Scope, name: str) -> ir.Value:
    """bool [N, 1]: there is a text, and no level of the model; asked of the caller's own column."""
    missing = is_nan(scope, scope.number(name))
    whose = scope
    while isinstance(whose, Inner) and whose.outer is not None and name in whose.kept:
        name = whose.kept[name]
        whose = whose.outer
    return both(scope, missing, negated(scope, missing_input(whose, name)))
