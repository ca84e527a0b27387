"""The columns that the steps of a recipe pass on, and how a step says which of them it is on."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import Column, DataFrame
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RStrings,
    RVector,
    as_array,
    flag,
    names,
    number,
    texts,
)
from modelport.ir.contract import MISSING_STRING

__all__ = ["UNSEEN", "Step", "Table", "each", "items", "keeps_originals", "named", "numbered", "step_columns"]

_BOOL = ir.DataType.BOOL
# No level is called so.
UNSEEN = "\ue001"


@dataclass
class Table:
    """The columns so far, in order; ``absent`` are those that only training had, such as the outcome.

    ``refused``: bool [N, 1], rows with which bake() ends in an error.
    """

    scope: Scope
    frame: DataFrame
    absent: frozenset[str]
    refused: list[ir.Value] = field(default_factory=list)

    def number(self, name: str) -> ir.Value:
        """The column, a number. Raises: ValueError for text."""
        column = self.frame[name]
        if not column.is_number:
            raise ValueError(f"{name!r} is text, a number is wanted")
        return column.value

    def put(self, name: str, value: ir.Value) -> None:
        """Sets a column of numbers."""
        self.frame[name] = Column("number", value)

    def has(self, name: str) -> bool:
        """Whether the column is there; False for one that only training had. Raises: ValueError for any other."""
        if name in self.frame:
            return True
        if name in self.absent:
            return False
        raise ValueError(f"there is no column {name!r}")

    def spread(self, made: list[str], rows: ir.Value) -> None:
        """Sets columns from the columns of rows [N, K]."""
        for place, name in enumerate(made):
            index = self.scope.builder.constant(np.array([place], dtype=np.int64))
            self.put(name, self.scope.builder.op("Gather", rows, index, axis=1))

    def drop(self, gone: list[str]) -> None:
        """Takes columns away."""
        for name in gone:
            self.frame.pop(name, None)

    def places(self, name: str, levels: tuple[str, ...]) -> ir.Value:
        """int64 [N]: the place among levels, their count for NA and others."""
        column = self.frame[name]
        b = self.scope.builder
        if column.is_number:
            raise ValueError(f"{name!r} is a number, a factor is wanted")
        if column.levels is None:
            return self.scope.places(column.value, levels)
        known = {level: place for place, level in enumerate(levels)}
        table = np.array([known.get(level, len(levels)) for level in column.levels] + [len(levels)], dtype=np.int64)
        return b.op("Gather", b.constant(table), column.value, axis=0)

    def as_factors(self, frame: DataFrame) -> DataFrame:
        """Factors that still stand as the caller's text, as places among the levels of the fit and one for any other."""
        found: DataFrame = {}
        for name, column in frame.items():
            variable = self.scope.variables.get(column.origin or "")
            untouched = column.kind in ("factor", "ordered") and column.levels is None
            if untouched and variable is not None and variable.levels is not None:
                own = variable.levels
                places = self.scope.places(column.value, own)
                b = self.scope.builder
                absent = b.constant(np.array([len(own) + 1], dtype=np.int64))
                places = b.op("Where", self.missing(name), absent, places, dtype=ir.DataType.INT64)
                column = Column(column.kind, places, (*own, UNSEEN), column.origin)
            found[name] = column
        return found

    def missing(self, name: str) -> ir.Value:
        """bool [N] of a factor or text."""
        column = self.frame[name]
        b = self.scope.builder
        if column.levels is None:
            same = b.op("Equal", column.value, b.constant([MISSING_STRING]), dtype=_BOOL)
            return b.op("Reshape", same, b.constant(np.array([-1], dtype=np.int64)))
        return b.op("Equal", column.value, b.constant(np.array([len(column.levels)], dtype=np.int64)), dtype=_BOOL)


Step = Callable[[Table, RObject], None]


def named(given: RObject | None) -> dict[str, float]:
    """A named vector, or list of single numbers."""
    if isinstance(given, RList):
        return {name: number(value) for name, value in zip(names(given), given, strict=True)}
    return {} if given is None or given is NULL else dict(zip(names(given), as_array(given).tolist(), strict=True))


def step_columns(step: RObject) -> list[str]:
    """The columns that a step is on."""
    given = step.get("columns")
    return texts(given) if isinstance(given, RStrings) else []


def keeps_originals(step: RObject) -> bool:
    """Whether the columns that new ones are made of stay."""
    for name in ("keep_original_cols", "preserve"):
        given = step.get(name)
        if isinstance(given, RVector) and len(given) and flag(given):
            return True
    return False


def numbered(prefix: str, count: int) -> list[str]:
    """names0()."""
    width = len(str(count))
    return [f"{prefix}{place + 1:0{width}d}" for place in range(count)]


def items(given: RObject) -> list[RObject]:
    """The elements of a list; none of anything else."""
    return list(given.values) if isinstance(given, RList) else []


def each(function: Callable[[Table, RObject, ir.Value], ir.Value]) -> Step:
    """A step that does the same to each of its columns."""

    def step_of(t: Table, step: RObject) -> None:
        for name in step_columns(step):
            if t.has(name):
                t.put(name, function(t, step, t.number(name)))

    return step_of
