"""Turns splits on sets of whole numbers into splits on looked-up columns.

TreeEnsemble's own BRANCH_MEMBER takes 3.5 for a member of {3} and loses NaN. So each set that a column is split on
becomes one more column, 0 where the row's value is a member and 1 elsewhere, NaN where the value is missing, and its
nodes compare that column with 0.5: exact in either comparison, with the missing direction untouched.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest, Sets

__all__ = ["lower_sets"]

_LARGEST_TABLE = 50_000_000


def lower_sets(builder: GraphBuilder, forest: Forest, rows: ir.Value) -> tuple[Forest, ir.Value]:
    """Returns a forest without sets and the rows [N, F + S] that it reads; both as given where it has none.

    Raises: UnsupportedModelError when a member is so large that no table can hold it.
    """
    sets = forest.sets
    if sets is None or not (sets.index >= 0).any():
        return replace(forest, sets=None), rows
    nodes = np.flatnonzero(sets.index >= 0)
    width = int(rows.shape[1]) if rows.shape is not None and isinstance(rows.shape[1], int) else None
    first = width if width is not None else int(forest.feature.max()) + 1
    feature, threshold = forest.feature.copy(), forest.threshold.copy()
    threshold[nodes] = 0.5
    if width is None:
        # What no split reads need not be there; so the looked-up columns have a place that is known.
        rows = builder.op("Gather", rows, builder.constant(np.arange(first)), axis=1)
    looked_up: list[ir.Value] = []
    for column in np.unique(forest.feature[nodes]):
        own = nodes[forest.feature[nodes] == column]
        numbers, which = np.unique(sets.index[own], return_inverse=True)
        classes, table = _table(sets, numbers, int(column))
        # Trees ask again and again for the same set: each stands in one column.
        table, place = np.unique(table, axis=1, return_inverse=True)
        feature[own] = first + place.ravel()[which.ravel()]
        first += table.shape[1]
        looked_up.append(_members(builder, classes, table, int(column), rows))
    joined = builder.op("Concat", rows, *looked_up, axis=1)
    return replace(forest, sets=None, feature=feature, threshold=threshold), joined


def _members(
    builder: GraphBuilder,
    classes: npt.NDArray[np.int64],
    table: npt.NDArray[np.float64],
    column: int,
    rows: ir.Value,
) -> ir.Value:
    """[N, S]: 0 where the column is a member of each set, 1 where not, NaN where it is missing."""
    b = builder
    value = b.op("Gather", rows, b.constant(np.array([column])), axis=1)
    known = b.op(
        "And",
        b.op("GreaterOrEqual", value, b.constant(np.asarray(0.0), value.dtype), dtype=ir.DataType.BOOL),
        b.op("Less", value, b.constant(np.asarray(float(len(classes) - 1)), value.dtype), dtype=ir.DataType.BOOL),
    )
    # The last place is that of a member of no set; NaN is neither at least 0 nor less than anything.
    safe = b.op("Where", known, value, b.constant(np.asarray(float(len(classes) - 1)), value.dtype), dtype=value.dtype)
    place = b.op("Squeeze", b.cast(safe, ir.DataType.INT64), b.constant(np.array([1])))
    own = b.op("Gather", b.constant(classes), place, axis=0)
    looked_up = b.op("Gather", b.constant(table, value.dtype), own, axis=0)
    missing = b.op("IsNaN", value, dtype=ir.DataType.BOOL)
    return b.op("Where", missing, b.constant(np.asarray(np.nan), value.dtype), looked_up, dtype=value.dtype)


def _table(
    sets: Sets, numbers: npt.NDArray[np.integer], column: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Returns the class of each whole number, int64 [V + 1], and what each class is to each set, [C, S].

    Numbers that are in the same sets share a class; the last number stands for all that are in none.
    """
    counts = sets.starts[numbers + 1] - sets.starts[numbers]
    place = np.repeat(np.arange(len(numbers)), counts)
    at = np.arange(int(counts.sum())) + np.repeat(sets.starts[numbers] - (np.cumsum(counts) - counts), counts)
    members = sets.members[at]
    place, members = place[members >= 0], members[members >= 0]
    everyone, row = np.unique(members, return_inverse=True)
    largest = int(everyone[-1]) if len(everyone) else 0
    if max(largest, len(everyone) * len(numbers)) > _LARGEST_TABLE:
        raise UnsupportedModelError(
            f"column {column} splits on categories up to {largest}",
            where=f"column {column} of the forest",
            fix="encode the categories as small whole numbers before training",
        )
    outside = np.ones((len(everyone) + 1, len(numbers)))
    outside[row.ravel(), place] = 0.0
    table, kinds = np.unique(outside, axis=0, return_inverse=True)
    classes = np.full(largest + 2, kinds.ravel()[-1], dtype=np.int64)
    classes[everyone] = kinds.ravel()[:-1]
    return classes, table
