"""Rows: N rows as typed columns by feature name, each with its mask of present values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Feature

__all__ = ["BoolArray", "Column", "RowIndex", "Rows", "with_value"]

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
    """Returns ``base`` with one value, None for missing, in every row of a feature."""
    columns = dict(base.columns)
    old = columns[feature.name]
    valid = np.full(base.count, value is not None)
    values: npt.NDArray[np.generic] | npt.NDArray[np.object_]
    if feature.dtype == "string":
        values = np.empty(base.count, dtype=object)
        values[:] = "" if value is None else str(value)
    else:
        absent = np.nan if old.values.dtype.kind == "f" else 0.0
        values = np.full(base.count, absent if value is None else float(str(value))).astype(old.values.dtype)
    columns[feature.name] = Column(values, valid)
    return Rows(columns, base.count)
