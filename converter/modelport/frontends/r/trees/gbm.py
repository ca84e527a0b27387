"""The trees of a gbm object as a Forest; a node of three ways becomes one that tells the missing and one that splits."""

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RList, RObject, as_array
from modelport.frontends.r.trees.check import check_children, check_columns, damaged
from modelport.frontends.r.trees.sets import table_sets
from modelport.ir.forest import LEAF, Forest

__all__ = ["gbm_trees"]

_SPLIT_VARIABLE, _SPLIT_CODE, _LEFT, _RIGHT, _MISSING = range(5)
Floats = npt.NDArray[np.float64]


def gbm_trees(model: RObject, tensor: str, classes: int, iterations: int) -> Forest:
    """``object$trees`` of the first iterations, ``classes`` trees in each -> a forest that adds into as many targets.

    Columns: of a nominal factor its code, 1 for the first level, NaN for NA and for levels that are not known; numbers as
    they are, an ordered factor from 0.
    Numerics: left where x < split, which is x <= the next smaller double. A missing value and a level that the node
    did not see go to the third child. Trees are added one by one to initF, in double.
    Source: gbm 2.1.8.1, gbmentry.cpp gbm_pred.
    """
    trees = _list(model["trees"]).values[: iterations * classes]
    parts = [[as_array(column) for column in _list(tree).values[:5]] for tree in trees]
    if len(parts) != iterations * classes or any(len({len(c) for c in part}) != 1 or len(part) != 5 for part in parts):
        raise damaged(f"there are no {iterations * classes} whole trees")
    sizes = np.array([len(part[0]) for part in parts], dtype=np.int64)
    variable, code, *children = (np.concatenate([part[k] for part in parts]) for k in range(5))
    offset = np.repeat(np.cumsum(sizes) - sizes, sizes)
    leaf = variable == -1
    left, right, missing = (child.astype(np.int64) + offset for child in children)
    check_children(~leaf, left, right, missing, last=offset + np.repeat(sizes, sizes))
    kinds = as_array(model["var.type"])
    feature = variable.astype(np.int64)
    check_columns(feature, ~leaf, len(kinds))
    asked = ~leaf & (kinds[np.where(leaf, 0, feature)] != 0)
    # An inner node is two: at its own place the one that tells the missing, behind it the one that splits.
    place = np.arange(len(leaf)) + np.cumsum(~leaf) - ~leaf
    count = len(leaf) + int((~leaf).sum())
    tells, splits = place[~leaf], place[~leaf] + 1
    known, goes_left = _codes(model, code[asked].astype(np.int64))
    index = np.full(count, -1, dtype=np.int32)
    order = np.arange(int(asked.sum()))
    index[place[asked]], index[place[asked] + 1] = order, order + len(order)

    def placed(at_tells: npt.NDArray[np.generic], at_splits: npt.NDArray[np.generic], empty: float) -> Floats:
        found = np.full(count, empty)
        found[tells], found[splits] = at_tells, at_splits
        return found

    inner = ~leaf
    compared = np.where(asked, 0.0, np.nextafter(code, -np.inf))[inner]
    values = np.zeros((count, 1))
    values[place[leaf], 0] = code[leaf]
    return Forest(
        name="gbm",
        tensor=tensor,
        input_type="float64",
        roots=place[np.cumsum(sizes) - sizes].astype(np.int64),
        feature=placed(feature[inner], feature[inner], LEAF).astype(np.int32),
        # Every number is at most infinity, and NaN is not.
        threshold=placed(np.where(asked[inner], 0.0, np.inf), compared, 0.0),
        true_child=placed(splits, place[left[inner]], -1).astype(np.int32),
        false_child=placed(place[missing[inner]], place[right[inner]], -1).astype(np.int32),
        missing_true=np.zeros(count, dtype=np.bool_),
        values=values,
        base=np.full(classes, float(as_array(model["initF"])[0])),
        target=np.tile(np.arange(classes, dtype=np.int32), iterations),
        sets=table_sets(np.concatenate([known, goes_left]), index) if len(order) else None,
    )


def _codes(model: RObject, numbers: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each categorical split the levels that have a way [S, L], and those that go left."""
    if not len(numbers):
        nothing = np.zeros((0, 1), dtype=np.bool_)
        return nothing, nothing
    every = [as_array(code) for code in _list(model["c.splits"])]
    if not 0 <= numbers.min() <= numbers.max() < len(every):
        raise damaged(f"a split has a code beyond the {len(every)} of c.splits")
    table = np.zeros((len(every), max(len(code) for code in every)))
    lengths = np.array([len(code) for code in every])
    table[np.arange(table.shape[1]) < lengths[:, None]] = np.concatenate(every)
    return np.abs(table[numbers]) == 1, table[numbers] == -1


def _list(x: RObject) -> RList:
    if not isinstance(x, RList):
        raise damaged(f"a {x.describe()} stands where a list must")
    return x
