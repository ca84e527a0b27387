"""A data frame of R while it is prepared: named columns as graph values, and a scope that takes them for a row's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Kind, Variable
from modelport.frontends.r.serialize import RObject, RStrings, RVector, classes, is_factor
from modelport.ir.contract import MISSING_STRING
from modelport.ir.forest import Forest

__all__ = [
    "Column",
    "DataFrame",
    "Inner",
    "as_numbers",
    "data_frame_of",
    "inner_scope",
    "kind_of",
    "known_text",
    "recoded",
]

_DOUBLE, _INT64 = ir.DataType.DOUBLE, ir.DataType.INT64


@dataclass(frozen=True)
class Column:
    """One column: ``value`` is float64 [N, 1] of a number or logical, NaN where it is NA; int64 [N] of a factor, the place
    among ``levels`` and their count where it is NA; text [N, 1] of a character column of which no levels are known.

    ``origin`` is the variable of the caller's row that it still is, unchanged.
    """

    kind: Kind
    value: ir.Value
    levels: tuple[str, ...] | None = None
    origin: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is a number or a logical."""
        return self.kind in ("number", "logical")


DataFrame = dict[str, Column]


def data_frame_of(scope: Scope, names: Iterable[str] | None = None) -> DataFrame:
    """The variables of a scope, all or these, as columns."""
    found: DataFrame = {}
    for name in scope.variables if names is None else names:
        variable = scope.variables[name]
        if not variable.is_text:
            value = scope.number(name)
        elif variable.levels is None:
            value = scope.inputs[name]
        else:
            value = scope.code(name)
        found[name] = Column(variable.kind, value, variable.levels if variable.is_text else None, name)
    return found


def known_text(scope: Scope, column: Column) -> ir.Value:
    """Text [N, 1] of a factor or character column; the word for NA where it is NA."""
    if column.levels is None:
        return column.value
    b = scope.builder
    labels = b.constant([*column.levels, MISSING_STRING])
    flat = b.op("Gather", labels, column.value, axis=0)
    return b.op("Reshape", flat, b.constant(np.array([-1, 1], dtype=np.int64)))


def kind_of(value: RObject) -> Kind | None:
    """The kind of a stored column, None where it is none that a row can have."""
    if is_factor(value):
        return "ordered" if "ordered" in classes(value) else "factor"
    if isinstance(value, RStrings):
        return "character"
    if isinstance(value, RVector) and value.kind in ("double", "integer"):
        return "number"
    return "logical" if isinstance(value, RVector) and value.kind == "logical" else None


def as_numbers(scope: Scope, frame: DataFrame, names: Sequence[str]) -> ir.Value:
    """Columns of numbers as one matrix [N, K]."""
    values = [frame[name].value for name in names]
    return values[0] if len(values) == 1 else scope.builder.op("Concat", *values, axis=1)


@dataclass
class Inner(Scope):
    """A scope whose rows are a frame; what it marks counts for the caller's columns that are in the frame unchanged."""

    outer: Scope | None = None
    kept: Mapping[str, str] = field(default_factory=dict)

    def mark(self, name: str, values: Iterable[float]) -> None:
        """Notes landmarks of a column that came through unchanged."""
        if self.outer is not None and name in self.kept:
            self.outer.mark(self.kept[name], values)

    def forest(self, forest: Forest, rows: ir.Value, names: Sequence[str | None]) -> ir.Value:
        """Adds a forest; its columns are named where they are the caller's own."""
        mine = [None if name is None else self.kept.get(name) for name in names]
        return super().forest(forest, rows, mine) if self.outer is None else self.outer.forest(forest, rows, mine)


def inner_scope(scope: Scope, frame: DataFrame) -> Inner:
    """A scope over the columns of a frame, in the same graph."""
    variables = {name: Variable(name, column.kind, column.levels) for name, column in frame.items()}
    inputs = {name: column.value if column.is_number else known_text(scope, column) for name, column in frame.items()}
    codes = {name: column.value for name, column in frame.items() if column.levels is not None}
    return Inner(
        builder=scope.builder,
        variables=variables,
        inputs=inputs,
        forests=scope.forests,
        origins=scope.origins,
        landmarks={},
        claims=scope.claims,
        notes=scope.notes,
        _codes=codes,
        outer=scope,
        kept={name: column.origin for name, column in frame.items() if column.origin is not None},
    )


def recoded(scope: Scope, column: Column, levels: tuple[str, ...]) -> Column:
    """A factor or text as a factor of other levels, NA where it is none of them."""
    b = scope.builder
    if column.levels == levels:
        return column
    if column.levels is None:
        return Column("factor", scope.places(column.value, levels), levels, column.origin)
    place = {level: number for number, level in enumerate(levels)}
    table = np.array([place.get(level, len(levels)) for level in column.levels] + [len(levels)], dtype=np.int64)
    return Column("factor", b.op("Gather", b.constant(table), column.value, axis=0), levels, column.origin)
