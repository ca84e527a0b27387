"""The trees of a randomForest object as a Forest: votes for classes, or means."""

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RObject, RVector, as_array
from modelport.frontends.r.trees.check import check_children, check_columns, damaged
from modelport.frontends.r.trees.sets import bit_sets
from modelport.ir.forest import LEAF, Forest

__all__ = ["random_forest_trees"]

_TERMINAL = -1


def random_forest_trees(forest: RObject, tensor: str, classes: int | None) -> Forest:
    """``object$forest`` -> T trees over the columns of fit(); a column of a factor holds its code, 1 for the first level.

    Shapes: leaf values [M, classes], 1 for the class that the leaf votes for, or [M, 1], its mean (classes None).
    Numerics: left where x <= split in double; of a factor, left where the bit of its level is set in the split.
    Votes and means are added in tree order from 0.0, in double. No row with NA gets here.
    Source: randomForest 4.7-1.1, classTree.c predictClassTree, regTree.c predictRegTree, rf.c classForest, regrf.c regForest.
    """
    status = _table(forest["nodestatus"])
    sizes = as_array(forest["ndbigtree"]).astype(np.int64)
    if len(sizes) != len(status) or not ((sizes >= 1) & (sizes <= status.shape[1])).all():
        raise damaged("ndbigtree does not fit nodestatus")
    kept = np.arange(status.shape[1]) < sizes[:, None]

    def nodes(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if table.shape != status.shape:
            raise damaged("its tables differ in size")
        return table[kept]

    roots = (np.cumsum(sizes) - sizes).astype(np.int64)
    offset = np.repeat(roots, sizes)
    left, right = (nodes(table).astype(np.int64) - 1 + offset for table in _children(forest, status.shape))
    leaf = nodes(status) == _TERMINAL
    feature = nodes(_table(forest["bestvar"])).astype(np.int64) - 1
    levels = as_array(forest["ncat"]).astype(np.int64)
    check_children(~leaf, left, right, last=np.repeat(roots + sizes, sizes))
    check_columns(feature, ~leaf, len(levels))
    split = nodes(_table(forest["xbestsplit"]))
    widths = np.where(leaf, 1, levels[np.where(leaf, 0, feature)])
    asked = widths > 1
    predicted = nodes(_table(forest["nodepred"]))
    return Forest(
        name="randomForest",
        tensor=tensor,
        input_type="float64",
        roots=roots,
        feature=np.where(leaf, LEAF, feature).astype(np.int32),
        threshold=np.where(asked | leaf, 0.0, split),
        true_child=np.where(leaf, -1, left).astype(np.int32),
        false_child=np.where(leaf, -1, right).astype(np.int32),
        missing_true=np.zeros(len(leaf), dtype=np.bool_),
        values=_values(predicted, leaf, classes),
        base=np.zeros(classes or 1),
        sets=bit_sets(np.where(asked, split, 0.0).astype(np.uint64), widths, asked),
    )


def _values(
    predicted: npt.NDArray[np.float64], leaf: npt.NDArray[np.bool_], classes: int | None
) -> npt.NDArray[np.float64]:
    if classes is None:
        return np.where(leaf, predicted, 0.0).reshape(-1, 1)
    votes = np.zeros((len(leaf), classes))
    chosen = predicted[leaf].astype(np.int64) - 1
    if len(chosen) and not 0 <= chosen.min() <= chosen.max() < classes:
        raise damaged(f"a leaf votes for a class beyond {classes}")
    votes[np.flatnonzero(leaf), chosen] = 1.0
    return votes


def _children(forest: RObject, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The left and right daughters [T, M] from 1, 0 for none; regression keeps them in two tables, if it is not old."""
    if "treemap" not in forest:
        return _table(forest["leftDaughter"]), _table(forest["rightDaughter"])
    values = as_array(forest["treemap"])
    trees, count = shape
    if len(values) != 2 * trees * count:
        raise damaged("treemap does not fit nodestatus")
    both = values.reshape((count, 2, trees), order="F")
    return both[:, 0].T, both[:, 1].T


def _table(x: RObject) -> npt.NDArray[np.float64]:
    """[M, T] as R keeps it, as [T, M]; the nodes of one tree alone may be a plain vector."""
    values = as_array(x)
    dims = x.attributes.get("dim")
    if not isinstance(dims, RVector):
        return values.reshape(1, -1)
    shape = as_array(dims).astype(np.int64)
    if len(shape) != 2 or int(shape.prod()) != len(values):
        raise damaged("a table of nodes is no matrix")
    return values.reshape((int(shape[0]), int(shape[1])), order="F").T
