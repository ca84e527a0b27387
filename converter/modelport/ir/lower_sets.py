"""Makes columns on which TreeEnsemble can ask for membership of sets.

TreeEnsemble's own BRANCH_MEMBER takes 3.5 for a member of {3} where it keeps sets as bits. On whole numbers it is exact,
and NaN goes where the node says (tests/unit/ir/test_lower_forest.py, in each release that is used). So each column that is
split on sets stands once more behind the others, whole: -1 where the value can be in no set, NaN where it is missing.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest, Sets

__all__ = ["lower_sets", "membership"]

# A member that no value is: whole values are -1 or more.
_NOBODY = -2


def lower_sets(builder: GraphBuilder, forest: Forest, rows: ir.Value) -> tuple[Forest, ir.Value]:
    """Returns a forest whose sets are asked of whole columns, and the rows [N, F + C]; as given where it has no sets."""
    sets = forest.sets
    if sets is None or not (sets.index >= 0).any():
        return replace(forest, sets=None), rows
    nodes = np.flatnonzero(sets.index >= 0)
    width = int(rows.shape[1]) if rows.shape is not None and isinstance(rows.shape[1], int) else None
    first = width if width is not None else int(forest.feature.max()) + 1
    if width is None:
        # What no split reads need not be there; so the whole columns have a place that is known.
        rows = builder.op("Gather", rows, builder.constant(np.arange(first)), axis=1)
    columns, place = np.unique(forest.feature[nodes], return_inverse=True)
    feature = forest.feature.copy()
    feature[nodes] = first + place.ravel()
    whole = _whole(builder, builder.op("Gather", rows, builder.constant(columns.astype(np.int64)), axis=1), sets)
    return replace(forest, feature=feature), builder.op("Concat", rows, whole, axis=1)


def _whole(b: GraphBuilder, values: ir.Value, sets: Sets) -> ir.Value:
    """[N, C] cut to whole numbers; NaN is neither at least 0 nor less than anything."""
    beyond = float(sets.members.max(initial=0) + 1)
    known = b.op(
        "And",
        b.op("GreaterOrEqual", values, b.constant(np.asarray(0.0), values.dtype), dtype=ir.DataType.BOOL),
        b.op("Less", values, b.constant(np.asarray(beyond), values.dtype), dtype=ir.DataType.BOOL),
    )
    safe = b.op("Where", known, values, b.constant(np.asarray(-1.0), values.dtype), dtype=values.dtype)
    cut = b.op("Cast", b.cast(safe, ir.DataType.INT64), dtype=values.dtype, to=int(values.dtype or ir.DataType.DOUBLE))
    missing = b.op("IsNaN", values, dtype=ir.DataType.BOOL)
    return b.op("Where", missing, b.constant(np.asarray(np.nan), values.dtype), cut, dtype=values.dtype)


def membership(sets: Sets, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """``membership_values`` of nodes that ask for these sets, in node order: each set's members, then NaN.

    A set without members is written as one that nobody is in.
    """
    counts = sets.starts[numbers + 1] - sets.starts[numbers]
    sizes = np.maximum(counts, 1) + 1
    ends = np.cumsum(sizes)
    values = np.full(int(ends[-1]) if len(ends) else 0, float(_NOBODY))
    values[ends - 1] = np.nan
    inside = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(ends - sizes, counts) + inside
    values[at] = sets.members[np.repeat(sets.starts[numbers], counts) + inside]
    return values
