"""The nodes of a tree of package party, which R keeps one in the other by place, as the tables of ``Rpart``."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RList, RObject, RVector, as_array, flag, integer, number
from modelport.frontends.r.trees.check import damaged
from modelport.frontends.r.trees.rpart import LEFT, NEITHER, RIGHT, Rpart, Splits

__all__ = ["BinaryTree", "binary_tree"]

# The places of a node, and of a split in it; the names beside them are for printing.
_ID, _WEIGHTS, _TERMINAL, _SPLIT, _SURROGATES, _PREDICTION, _LEFT, _RIGHT, _TOTAL = 0, 1, 3, 4, 5, 6, 7, 8, 9
_VARIABLE, _ORDERED, _POINT, _TO_LEFT = 0, 1, 2, 4
_MOST = 2_000_000


@dataclass(frozen=True)
class BinaryTree:
    """``tree``: its splits are on columns in the order of the fit; ``ids`` int [M]: R's number of each node.

    ``predictions``: of each node what the rows of the fit in it have, [K]. ``reasons``: what of the tree is not covered.
    """

    tree: Rpart
    ids: npt.NDArray[np.int64]
    predictions: list[npt.NDArray[np.float64]]
    reasons: list[str]


@dataclass
class _Walk:
    levels: list[int]
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    predictions: list[npt.NDArray[np.float64]] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)
    otherwise: list[int] = field(default_factory=list)
    splits: list[tuple[int, float, int, list[int] | None]] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)


def binary_tree(root: RObject, names: list[str], levels: list[int]) -> BinaryTree:
    """``object@tree`` or one of ``object@ensemble``; ``levels`` of the columns of the fit, 0 for numbers and ordered factors.

    A row goes left where x <= split, or where the split names its level. A missing value is decided by the first surrogate
    that has a value, and then by the greater weight of the rows of the fit, right where both weigh the same.
    Source: party 1.3-11, Predict.c C_get_node.
    """
    walk = _Walk(levels)
    waiting: list[tuple[RObject, int, bool]] = [(root, -1, False)]
    while waiting:
        given, parent, is_left = waiting.pop()
        parts = _parts(given, _RIGHT + 1)
        place = len(walk.ids)
        if place > _MOST:
            raise damaged("the tree has too many nodes")
        if parent >= 0:
            (walk.left if is_left else walk.right)[parent] = place
        walk.ids.append(integer(parts[_ID]))
        walk.predictions.append(as_array(parts[_PREDICTION]))
        walk.left.append(-1)
        walk.right.append(-1)
        if flag(parts[_TERMINAL]):
            walk.chains.append([])
            walk.otherwise.append(NEITHER)
            continue
        surrogates = parts[_SURROGATES]
        others = [one for one in surrogates if isinstance(one, RList)] if isinstance(surrogates, RList) else []
        own = [_split(walk, parts[_SPLIT], surrogate=False), *(_split(walk, one, surrogate=True) for one in others)]
        walk.chains.append(own)
        walk.otherwise.append(LEFT if _weight(parts[_LEFT]) > _weight(parts[_RIGHT]) else RIGHT)
        waiting += [(parts[_RIGHT], place, False), (parts[_LEFT], place, True)]
    return BinaryTree(_tables(walk, names), np.array(walk.ids), walk.predictions, sorted(walk.reasons))


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


def _split(walk: _Walk, given: RObject, *, surrogate: bool) -> int:
    """Adds the split; its number."""
    parts = _parts(given, _POINT + 1)
    column, point = integer(parts[_VARIABLE]) - 1, as_array(parts[_POINT])
    if not 0 <= column < len(walk.levels):
        raise damaged(f"a split is on column {column + 1} of {len(walk.levels)}")
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


def _tables(walk: _Walk, names: list[str]) -> Rpart:
    depth = max([1, *(len(chain) for chain in walk.chains)])
    width = max([1, *(len(ways) for *_, ways in walk.splits if ways is not None)])
    ways = [[*(own or []), *[NEITHER] * (width - len(own or []))] for *_, own in walk.splits]
    return Rpart(
        names,
        Splits(
            column=np.array([split[0] for split in walk.splits], dtype=np.int64),
            threshold=np.array([split[1] for split in walk.splits], dtype=np.float64),
            below=np.array([split[2] for split in walk.splits], dtype=np.int64),
            nominal=np.array([split[3] is not None for split in walk.splits], dtype=np.bool_),
            ways=np.array(ways, dtype=np.int64).reshape(-1, width),
        ),
        np.array([[*own, *[-1] * (depth - len(own))] for own in walk.chains], dtype=np.int64),
        np.array(walk.otherwise, dtype=np.int64),
        np.array(walk.left, dtype=np.int64),
        np.array(walk.right, dtype=np.int64),
    )
