"""Rows: N rows as typed columns by feature name, each with its mask of present values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Feature

__all__ = ["BoolArray", "Column", "RowIndex", "Rows", "with_value", "with_values"]

BoolArray: TypeAlias = npt.NDArray[np.bool_]
RowIndex: TypeAlias = npt.NDArray[np.integer] | npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """The values of one feature in N rows.

    Shapes: values float64|float32|int64|bool[N], or object[N] of str; valid bool[N], False where missing.
    Under a False mask stands NaN in a float column, 0, False or "" elsewhere.
    """

    values: npt.NDArray[np.generic] | npt.NDArray[np.object_]
    valid: BoolArray

    def take(self, rows: RowIndex) -> "Column":
        """Returns the given rows."""
        return Column(self.values[rows], self.valid[rows])


@dataclass(frozen=True)
class Rows:
    """N rows. ``invalid`` maps a row to the index of its first feature that could not be read as its type."""

    columns: Mapping[str, Column]
    count: int
    invalid: Mapping[int, int] = field(default_factory=dict)

    def take(self, rows: RowIndex) -> "Rows":
        """Returns the given rows."""
        indices = np.arange(self.count)[rows]
        invalid = {new: self.invalid[int(old)] for new, old in enumerate(indices) if int(old) in self.invalid}
        return Rows({name: column.take(rows) for name, column in self.columns.items()}, len(indices), invalid)

    @staticmethod
    def concatenate(parts: "list[Rows]") -> "Rows":
        """Stacks rows of the same features."""
        invalid: dict[int, int] = {}
        start = 0
        for part in parts:
            invalid.update({start + row: feature for row, feature in part.invalid.items()})
            start += part.count
        columns = {
            name: Column(
                np.concatenate([part.columns[name].values for part in parts]),
                np.concatenate([part.columns[name].valid for part in parts]),
            )
            for name in parts[0].columns
        }
        return Rows(columns, start, invalid)


def with_value(base: Rows, feature: Feature, value: object) -> Rows:
    """Returns one row: ``base`` with one value of one feature, None for missing."""
    return with_values(base, [(feature, value)])


def with_values(base: Rows, changes: Sequence[tuple[Feature, object]]) -> Rows:
    """Returns a row for each change: ``base``, one row, with that one value of that one feature, None for missing."""
    first = np.zeros(len(changes), dtype=np.int64)
    columns = {name: column.take(first) for name, column in base.columns.items()}
    for row, (feature, value) in enumerate(changes):
        column = columns[feature.name]
        column.valid[row] = value is not None
        if feature.dtype == "string":
            column.values[row] = "" if value is None else str(value)
        elif value is None:
            column.values[row] = np.nan if column.values.dtype.kind == "f" else 0
        else:
            column.values[row] = float(str(value))
    return Rows(columns, len(changes))
