"""The trees of IsolationForest's IsolationTrees() as a Forest: each leaf holds its depth and what is expected below it."""

import math

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RObject, as_array, integer
from modelport.frontends.r.trees.check import check_children, check_columns, damaged
from modelport.ir.forest import LEAF, Forest

__all__ = ["average_path", "isolation_trees"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_INNER = -3
_EULER = 0.5772156649


def average_path(count: int) -> float:
    """avgPL of rt.h: the mean path of an unsuccessful search among ``count`` rows."""
    rest = float(count - 1)
    return 0.0 if rest <= 0 else 2.0 * (math.log(rest) + _EULER) - (2.0 * rest) / (1.0 + rest)


def isolation_trees(trees: RObject, count: int, limit: int, columns: int, tensor: str) -> Forest:
    """``object$trees``, of which the first ``count`` trees are asked down to depth ``limit``, over so many columns.

    Numerics: left where x < splitPoint in double. A leaf holds avgPL of its rows plus its depth, added as C adds them.
    Source: IsolationForest 0.0-27, rtDepth.c, trvTree.
    """
    size, made = integer(trees["nrnodes"]), integer(trees["ntree"])
    if not 0 < count <= made:
        raise damaged(f"{count} trees are asked for, and there are {made}")
    status, lower, upper, column, split, rows = (
        _table(trees, name, size, made, count)
        for name in ("nodeStatus", "lDaughter", "rDaughter", "splitAtt", "splitPoint", "nSam")
    )
    start = np.repeat(np.arange(count, dtype=np.int64) * size, size)
    inner = status == _INNER
    left, right = (np.where(inner, start + side.astype(np.int64) - 1, -1) for side in (lower, upper))
    check_children(inner, left, right, last=start + size)
    feature = column.astype(np.int64) - 1
    check_columns(feature, inner, columns)
    depth = _depths(np.arange(count, dtype=np.int64) * size, left, right, limit)
    asked = inner & (depth >= 0) & (depth < limit)
    # Tables have room for more nodes than a tree has.
    kept = np.flatnonzero(depth >= 0)
    place = np.full(len(depth), -1, dtype=np.int32)
    place[kept] = np.arange(len(kept))
    ends = np.array([average_path(int(number)) for number in rows[kept]]) + depth[kept]
    true_child, false_child = (np.where(asked[kept], place[side[kept]], -1).astype(np.int32) for side in (left, right))
    return Forest(
        name="IsolationTrees",
        tensor=tensor,
        input_type="float64",
        roots=place[np.arange(count) * size].astype(np.int64),
        feature=np.where(asked[kept], feature[kept], LEAF).astype(np.int32),
        threshold=np.where(asked[kept], split[kept], 0.0),
        true_child=true_child,
        false_child=false_child,
        missing_true=np.zeros(len(kept), dtype=np.bool_),
        values=np.where(asked[kept], 0.0, ends).reshape(-1, 1),
        base=np.zeros(1),
        comparison="<",
    )


def _table(trees: RObject, name: str, size: int, made: int, count: int) -> Floats:
    """A matrix with a column for each tree, as one vector of the first ``count`` trees."""
    found = as_array(trees[name])
    if len(found) != size * made:
        raise damaged(f"{name} has {len(found)} entries for {made} trees of {size} nodes")
    return found[: size * count]


def _depths(roots: Ints, left: Ints, right: Ints, limit: int) -> Ints:
    """int [M]: how deep a node stands, -1 where no row gets to."""
    depth = np.full(len(left), -1, dtype=np.int64)
    level = roots
    for number in range(limit + 1):
        depth[level] = number
        level = np.concatenate([left[level], right[level]])
        level = level[level >= 0]
        if not len(level):
            break
    return depth
