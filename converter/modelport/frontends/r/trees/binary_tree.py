"""The nodes of a tree of package party, which R keeps one in the other by place, as the tables of ``Rpart``."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RList, RObject, RVector, as_array, flag, integer, number
from modelport.frontends.r.trees.check import damaged
from modelport.frontends.r.trees.rpart import LEFT, RIGHT, Rpart
from modelport.frontends.r.trees.walk import Walk

__all__ = ["BinaryTree", "binary_tree"]

# The places of a node, and of a split in it; the names beside them are for printing.
_ID, _WEIGHTS, _TERMINAL, _SPLIT, _SURROGATES, _PREDICTION, _LEFT, _RIGHT, _TOTAL = 0, 1, 3, 4, 5, 6, 7, 8, 9
_VARIABLE, _ORDERED, _POINT, _TO_LEFT = 0, 1, 2, 4


@dataclass(frozen=True)
class BinaryTree:
    """``tree``: its splits are on columns in the order of the fit; ``ids`` int [M]: R's number of each node.

    ``predictions``: of each node what the rows of the fit in it have, [K]. ``reasons``: what of the tree is not covered.
    """

    tree: Rpart
    ids: npt.NDArray[np.int64]
    predictions: list[npt.NDArray[np.float64]]
    reasons: list[str]


def binary_tree(root: RObject, names: list[str], levels: list[int]) -> BinaryTree:
    """``object@tree`` or one of ``object@ensemble``; ``levels`` of the columns of the fit, 0 for numbers and ordered factors.

    A row goes left where x <= split, or where the split names its level. A missing value is decided by the first surrogate
    that has a value, and then by the greater weight of the rows of the fit, right where both weigh the same.
    Source: party 1.3-11, Predict.c C_get_node.
    """
    walk = Walk(levels)
    predictions: list[npt.NDArray[np.float64]] = []
    waiting: list[tuple[RObject, int, bool]] = [(root, -1, False)]
    while waiting:
        given, parent, is_left = waiting.pop()
        parts = _parts(given, _RIGHT + 1)
        place = walk.node()
        if parent >= 0:
            (walk.left if is_left else walk.right)[parent] = place
        walk.ids[place] = integer(parts[_ID])
        predictions.append(as_array(parts[_PREDICTION]))
        if flag(parts[_TERMINAL]):
            continue
        surrogates = parts[_SURROGATES]
        others = [one for one in surrogates if isinstance(one, RList)] if isinstance(surrogates, RList) else []
        own = [_split(walk, parts[_SPLIT], surrogate=False), *(_split(walk, one, surrogate=True) for one in others)]
        walk.chains[place] = own
        walk.otherwise[place] = LEFT if _weight(parts[_LEFT]) > _weight(parts[_RIGHT]) else RIGHT
        waiting += [(parts[_RIGHT], place, False), (parts[_LEFT], place, True)]
    return BinaryTree(walk.tables(names), np.array(walk.ids), predictions, sorted(walk.reasons))


def _parts(given: RObject, least: int) -> list[RObject]:
    if not isinstance(given, RList) or len(given) < least:
        raise damaged("a node or a split of the tree is not whole")
    return given.values


def _weight(node: RObject) -> float:
    """The weight of the rows of a node, which older versions keep row by row."""
    parts = _parts(node, _RIGHT + 1)
    if len(parts) > _TOTAL and isinstance(parts[_TOTAL], RVector):
        return number(parts[_TOTAL])
    return float(as_array(parts[_WEIGHTS]).sum())


def _split(walk: Walk, given: RObject, *, surrogate: bool) -> int:
    """Adds the split; its number."""
    parts = _parts(given, _POINT + 1)
    column, point = walk.column(integer(parts[_VARIABLE])), as_array(parts[_POINT])
    if flag(parts[_ORDERED]):
        # x <= t is x < the next greater double.
        threshold = float(np.nextafter(point[0], np.inf))
        turned = surrogate and integer(_parts(given, _TO_LEFT + 1)[_TO_LEFT]) == 0
        walk.splits.append((column, threshold, RIGHT if turned else LEFT, None))
    else:
        if surrogate:
            walk.reasons.add("a surrogate split is on a nominal factor")
        if len(point) != walk.levels[column]:
            raise damaged(f"a split on {walk.levels[column]} levels has {len(point)}")
        walk.splits.append((column, 0.0, 0, np.where(point != 0, LEFT, RIGHT).tolist()))
    return len(walk.splits) - 1
