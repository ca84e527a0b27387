"""Trees of rpart as one Forest: nodes that one split decides ask it, the others ask for a column that says the way.

A node with surrogates would be a chain of nodes, each with both subtrees below it; the tree would grow without measure. So
the way of such a node is worked out beforehand, in a column of its own: -1 left, 1 right, 0 for a row that stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.trees.rpart import LEFT, NEITHER, RIGHT, Rpart, Splits
from modelport.frontends.r.trees.sets import table_sets
from modelport.ir.forest import LEAF, Forest, Sets

__all__ = ["Ways", "joined", "ways_forest"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ways:
    """J columns of ways: the first split of ``chain`` [J, R], -1 for none, that sends a row; else ``otherwise`` [J]."""

    splits: Splits
    chain: Ints
    otherwise: Ints


def joined(trees: Sequence[Rpart], columns: Sequence[str]) -> tuple[Rpart, Ints]:
    """All trees as one table, its splits on these columns, and the root of each; what children and chains count is moved.

    Raises: KeyError with the name of a column that is not there.
    """
    place = {name: number for number, name in enumerate(columns)}
    sizes = np.array([len(tree.left) for tree in trees], dtype=np.int64)
    roots = np.cumsum(sizes) - sizes
    counts = np.array([len(tree.splits.column) for tree in trees], dtype=np.int64)
    first = np.cumsum(counts) - counts
    depth = max(tree.chain.shape[1] for tree in trees)
    levels = max(tree.splits.ways.shape[1] for tree in trees)
    chains = [_moved(_wide(tree.chain, depth, -1), offset) for tree, offset in zip(trees, first.tolist(), strict=True)]
    maps = [_places(tree, place) for tree in trees]
    splits = Splits(
        column=np.concatenate([own[tree.splits.column] for own, tree in zip(maps, trees, strict=True)]),
        threshold=np.concatenate([tree.splits.threshold for tree in trees]),
        below=np.concatenate([tree.splits.below for tree in trees]),
        nominal=np.concatenate([tree.splits.nominal for tree in trees]),
        ways=np.concatenate([_wide(tree.splits.ways, levels, NEITHER) for tree in trees]),
    )
    left, right = (
        np.concatenate([_moved(getattr(t, side), offset) for t, offset in zip(trees, roots.tolist(), strict=True)])
        for side in ("left", "right")
    )
    otherwise = np.concatenate([tree.otherwise for tree in trees])
    return Rpart(list(columns), splits, np.concatenate(chains), otherwise, left, right), roots


def _places(tree: Rpart, place: Mapping[str, int]) -> Ints:
    """The new place of each column of a tree, -1 of those that no split asks for."""
    found = np.full(max(1, len(tree.names)), -1, dtype=np.int64)
    for column in np.unique(tree.splits.column).tolist():
        found[column] = place[tree.names[column]]
    return found


def _moved(places: Ints, offset: int) -> Ints:
    return np.where(places < 0, -1, places + offset)


def _wide(table: Ints, width: int, empty: int) -> Ints:
    return np.pad(table, ((0, 0), (0, width - table.shape[1])), constant_values=empty)


def ways_forest(tree: Rpart, roots: Ints, values: Floats, tensor: str) -> tuple[Forest, Ways | None]:
    """The forest over the F columns of the rows and, behind them, those of the ways; None where no node needs one.

    Shapes: values float64 [M, K], of inner nodes too: a row may stay there.
    Numerics: x < t is x <= the next smaller double.
    """
    leaf = tree.leaf
    split = np.maximum(tree.chain[:, 0], 0)
    asks_way = ~leaf & ((tree.chain[:, 1:] >= 0).any(axis=1) | (tree.otherwise == NEITHER))
    stays = asks_way & (tree.otherwise == NEITHER)
    # A node in which rows may stay is three: not left, right or not, and the leaf for those that stay.
    sizes = 1 + 2 * stays.astype(np.int64)
    place = np.cumsum(sizes) - sizes
    count = int(sizes.sum())
    second, end = place[stays] + 1, place[stays] + 2
    plain = ~leaf & ~asks_way
    nominal = np.zeros(len(leaf), dtype=np.bool_)
    if len(tree.splits.column):
        nominal = plain & tree.splits.nominal[split]

    feature = np.full(count, LEAF, dtype=np.int32)
    threshold, missing = np.zeros(count), np.zeros(count, dtype=np.bool_)
    true_child, false_child = np.full(count, -1, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    kept = np.zeros((count, values.shape[1]))
    kept[place[leaf]], kept[end] = values[leaf], values[stays]

    way = np.flatnonzero(asks_way)
    feature[place[way]] = len(tree.names) + np.arange(len(way))
    threshold[place[way]] = LEFT / 2
    true_child[place[way]] = place[tree.left[way]]
    false_child[place[way]] = np.where(stays[way], place[way] + 1, place[tree.right[way]])
    feature[second], threshold[second] = feature[place[stays]], RIGHT / 2
    true_child[second], false_child[second] = end, place[tree.right[stays]]

    own = np.flatnonzero(plain)
    if len(own):
        at, asked = place[own], split[own]
        # What a set holds goes left; a number below the threshold goes where the split says.
        swapped = ~nominal[own] & (tree.splits.below[asked] != LEFT)
        feature[at] = tree.splits.column[asked]
        threshold[at] = np.where(nominal[own], 0.0, np.nextafter(tree.splits.threshold[asked], -np.inf))
        left, right = place[tree.left[own]], place[tree.right[own]]
        true_child[at], false_child[at] = np.where(swapped, right, left), np.where(swapped, left, right)
        missing[at] = (tree.otherwise[own] == LEFT) != swapped
    forest = Forest(
        name="rpart",
        tensor=tensor,
        input_type="float64",
        roots=place[roots],
        feature=feature,
        threshold=threshold,
        true_child=true_child,
        false_child=false_child,
        missing_true=missing,
        values=kept,
        base=np.zeros(values.shape[1]),
        sets=_sets(tree, np.flatnonzero(nominal), place, count),
    )
    return forest, _ways(tree, asks_way) if len(way) else None


def _sets(tree: Rpart, nodes: Ints, place: Ints, count: int) -> Sets | None:
    if not len(nodes):
        return None
    ways = tree.splits.ways[tree.chain[nodes, 0]]
    decided = np.where(ways == NEITHER, tree.otherwise[nodes, None], ways)
    index = np.full(count, -1, dtype=np.int32)
    index[place[nodes]] = np.arange(len(nodes))
    return table_sets(decided == LEFT, index)


def _ways(tree: Rpart, asked: Bools) -> Ways:
    """The ways of these nodes; of the splits only those that they ask."""
    chain = tree.chain[asked]
    used, place = np.unique(chain, return_inverse=True)
    missing = int(len(used) > 0 and used[0] == -1)
    used = used[missing:]
    s = tree.splits
    # Trees of a forest ask for the same splits again and again.
    told = np.column_stack([s.column[used], s.threshold[used], s.below[used], s.nominal[used], s.ways[used]])
    _, first, again = np.unique(told, axis=0, return_index=True, return_inverse=True)
    used = used[first]
    kept = Splits(s.column[used], s.threshold[used], s.below[used], s.nominal[used], s.ways[used])
    moved = np.concatenate([np.full(missing, -1), again.ravel()])
    return Ways(kept, moved[place].reshape(chain.shape), tree.otherwise[asked])
