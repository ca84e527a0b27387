"""The nodes of a partykit tree, which R keeps one in the other, as the tables of ``Rpart``."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RList, RNull, RObject, as_array, flag, integer
from modelport.frontends.r.trees.rpart import LEFT, NEITHER, RIGHT, Rpart, Splits
from modelport.frontends.r.trees.walk import Walk

__all__ = ["Party", "leaf_nodes", "leaves_of", "party_tree"]


@dataclass(frozen=True)
class Party:
    """``tree``: its splits are on the variables ``tree.names``; ``ids`` int [M]: R's number of each leaf, -1 elsewhere.

    ``reasons``: what of the tree is not covered. ``right``: whether the intervals of a variable are closed on the right.
    """

    tree: Rpart
    ids: npt.NDArray[np.int64]
    reasons: list[str]
    right: dict[str, bool]


@dataclass
class _Walk(Walk):
    """``closed``: whether the intervals of a column are closed on the right."""

    closed: dict[int, bool] = field(default_factory=dict)


def party_tree(root: RObject, names: list[str], levels: list[int]) -> Party:
    """``object$node``; ``names`` and ``levels`` are those of the columns of ``object$data``, 0 levels for numbers.

    A node of K children becomes K - 1 nodes, each of which tells one child from the rest. Where neither the split nor
    its surrogates send a row, R draws a child by lot; here the likeliest is taken.
    Source: partykit 1.2-16, kidids_split, kidids_node, fitted_node.
    """
    walk = _Walk(levels)
    waiting: list[tuple[RObject, int]] = [(root, walk.node())]
    while waiting:
        given, place = waiting.pop()
        kids = given.get("kids")
        if not isinstance(kids, RList) or not len(kids):
            walk.ids[place] = integer(given["id"])
            continue
        waiting += _inner(walk, given, kids.values, place)
    right = {names[column]: closed for column, closed in walk.closed.items()}
    return Party(walk.tables(names), np.array(walk.ids, dtype=np.int64), sorted(walk.reasons), right)


def _inner(walk: _Walk, given: RObject, kids: list[RObject], place: int) -> list[tuple[RObject, int]]:
    split = given["split"]
    surrogates = given.get("surrogates")
    others = surrogates.values if isinstance(surrogates, RList) else []
    likeliest = _likeliest(split, len(kids))
    if len(kids) > 2 and others:
        walk.reasons.add("a node of more than two children has surrogates")
        others = []
    found: list[tuple[RObject, int]] = []
    for kid in range(1, len(kids)):
        own = [_split(walk, one, kid, len(kids)) for one in (split, *others)]
        walk.chains[place] = [number for number in own if number >= 0]
        walk.otherwise[place] = LEFT if likeliest == kid else RIGHT
        walk.left[place], walk.right[place] = walk.node(), walk.node()
        found.append((kids[kid - 1], walk.left[place]))
        place = walk.right[place]
    return [*found, (kids[-1], place)]


def _likeliest(split: RObject, kids: int) -> int:
    given = split.get("prob")
    if given is None or isinstance(given, RNull):
        return 1
    shares = as_array(given)
    return int(np.argmax(shares)) + 1 if len(shares) == kids else 1


def _split(walk: _Walk, split: RObject, kid: int, kids: int) -> int:
    """Adds the split as one that sends ``kid`` left and the kids behind it right; its number, -1 if it is not covered."""
    column = walk.column(integer(split["varid"]))
    breaks, index = split.get("breaks"), split.get("index")
    order = None if index is None or isinstance(index, RNull) else as_array(index)
    if breaks is not None and not isinstance(breaks, RNull):
        return _interval(walk, split, column, order, kid, kids)
    if not walk.levels[column]:
        walk.reasons.add("a split without thresholds is on a column that is no factor")
        return -1
    sent = np.arange(1.0, walk.levels[column] + 1) if order is None else order
    ways = np.where(np.isnan(sent), NEITHER, np.where(sent == kid, LEFT, RIGHT))
    walk.splits.append((column, 0.0, 0, ways.astype(np.int64).tolist()))
    return len(walk.splits) - 1


def _interval(
    walk: _Walk, split: RObject, column: int, order: npt.NDArray[np.float64] | None, kid: int, kids: int
) -> int:
    """Of B thresholds and the child of each of the B + 1 intervals between them, the one that ends the intervals of ``kid``.

    The children must follow the intervals upwards or downwards: then one threshold parts each from those behind it.
    """
    cuts = as_array(split["breaks"])
    sent = np.arange(1.0, len(cuts) + 2) if order is None else order
    steps = np.diff(sent)
    if len(sent) != len(cuts) + 1 or (np.diff(cuts) <= 0).any() or set(sent.tolist()) != set(range(1, kids + 1)):
        walk.reasons.add("a split has thresholds that do not part its children")
        return -1
    rising = bool((steps >= 0).all())
    if not rising and not (steps <= 0).all():
        walk.reasons.add("a split gives a child several intervals that do not meet")
        return -1
    closed = flag(split["right"]) if "right" in split else True
    if walk.closed.setdefault(column, closed) != closed:
        walk.reasons.add("intervals of one variable are closed on the right in one node and on the left in another")
    cut = cuts[np.flatnonzero(sent == kid)[-1]] if rising else cuts[np.flatnonzero(sent == kid)[0] - 1]
    # x <= t is x < the next greater double.
    threshold = float(np.nextafter(cut, np.inf)) if closed else float(cut)
    walk.splits.append((column, threshold, LEFT if rising else RIGHT, None))
    return len(walk.splits) - 1


def leaves_of(tree: Rpart, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The leaf in which each row [N, F] of ``tree.names`` ends; -1 where a missing value leaves it open."""
    node = np.zeros(len(rows), dtype=np.int64)
    active = np.flatnonzero(tree.left[node] >= 0)
    while len(active):
        way = _way(tree.splits, tree.chain[node[active], 0], rows[active])
        node[active] = np.select([way == LEFT, way == RIGHT], [tree.left[node[active]], tree.right[node[active]]], -1)
        active = active[(node[active] >= 0) & (tree.left[np.maximum(node[active], 0)] >= 0)]
    return node


def _way(splits: Splits, number: npt.NDArray[np.int64], rows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    x = rows[np.arange(len(rows)), splits.column[number]]
    missing = np.isnan(x)
    below = splits.below[number]
    compared = np.where(x < splits.threshold[number], below, -below)
    level = np.clip(np.where(missing, 1, x).astype(np.int64) - 1, 0, splits.ways.shape[1] - 1)
    return np.where(missing, NEITHER, np.where(splits.nominal[number], splits.ways[number, level], compared))


def leaf_nodes(root: RObject) -> dict[int, RObject]:
    """The leaves of ``object$node`` by R's number."""
    found: dict[int, RObject] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        kids = node.get("kids")
        if isinstance(kids, RList) and len(kids):
            waiting += kids.values
        else:
            found[integer(node["id"])] = node
    return found
