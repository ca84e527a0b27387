"""Trees of CatBoost's JSON export as arrays: oblivious ones from lists, others from the text itself.

Nothing here goes over nodes one by one: oblivious trees of one depth are made at once, and the shape of all other trees
follows from the order of their tokens.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.readers.catboost.model import LEAF, Trees

__all__ = ["nested_trees", "oblivious_trees", "split_bodies"]

_SPLIT = re.compile(r'"split":\s*(\{[^}]*\})')
_INDEX = re.compile(r'"split_index":\s*(\d+)')
_OPENED = re.compile(r'"(left|value)":')
_VALUE = re.compile(r'"value":\s*(\[[^\]]*\]|[^,}\s]+)')

Ints = npt.NDArray[np.int64]


def oblivious_trees(trees: Sequence[Mapping[str, Any]], splits: Mapping[int, int], dimensions: int) -> Trees:
    """Expands oblivious trees, whose levels share one split each, into complete binary trees.

    ``splits`` gives the place of each split_index. The split k of a tree decides bit k of the leaf's number, so the last
    one stands at the root and the leaves lie from left to right.
    """
    depths = np.array([len(tree.get("splits") or ()) for tree in trees], dtype=np.int64)
    roots = np.concatenate([[0], np.cumsum(2 ** (depths + 1) - 1)]).astype(np.int64)
    total = int(roots[-1])
    split = np.full(total, LEAF, dtype=np.int32)
    left = np.full(total, LEAF, dtype=np.int32)
    right = np.full(total, LEAF, dtype=np.int32)
    values = np.zeros((total, dimensions))
    for depth in np.unique(depths).tolist():
        own = np.flatnonzero(depths == depth).tolist()
        base = roots[own][:, None]
        inner = np.arange(2**depth - 1)
        if depth:
            places = np.array([[splits[s["split_index"]] for s in trees[i]["splits"]] for i in own], dtype=np.int32)
            level = np.floor(np.log2(inner + 1)).astype(np.int64)
            split[base + inner] = places[:, ::-1][:, level]
            left[base + inner] = base + 2 * inner + 1
            right[base + inner] = base + 2 * inner + 2
        leaves = np.array([trees[i]["leaf_values"] for i in own], dtype=np.float64)
        values[base + np.arange(2**depth - 1, 2 ** (depth + 1) - 1)] = leaves.reshape(len(own), 2**depth, dimensions)
    return Trees(roots[:-1], split, left, right, values)


def split_bodies(text: str) -> dict[int, str]:
    """The JSON text of each distinct split of nested trees, by its split_index."""
    bodies = _SPLIT.findall(text)
    return dict(zip(_numbers(bodies), bodies, strict=True))


def _numbers(bodies: list[str]) -> list[int]:
    return np.array(_INDEX.findall("".join(bodies)), dtype=np.int64).tolist() if bodies else []


def nested_trees(text: str, splits: Mapping[int, int], dimensions: int) -> Trees:
    """Reads nested trees, written as {left, right, split} or {value, weight} with keys in this order.

    The tokens "left" and "value" come in pre-order, the "split" of a node after its subtrees: in post-order.
    """
    bodies = _SPLIT.findall(text)
    bare = _SPLIT.sub("", text)
    inner = np.array(_OPENED.findall(bare)) == "left"
    count = len(inner)
    if count == 0:
        empty = np.empty(0, dtype=np.int32)
        return Trees(np.empty(0, dtype=np.int64), empty, empty, empty, np.empty((0, dimensions)))
    # How many subtrees are still to come after each node, seen from the start of the text.
    open_ = np.cumsum(np.where(inner, 1, -1))
    before = np.concatenate([[0], open_[:-1]])
    end = _next(open_, before - 1)
    roots = _roots(end, count)
    nodes = np.flatnonzero(inner)
    left = np.full(count, LEAF, dtype=np.int32)
    right = np.full(count, LEAF, dtype=np.int32)
    left[nodes] = nodes + 1
    right[nodes] = end[nodes + 1] + 1
    split = np.full(count, LEAF, dtype=np.int32)
    indices = np.array(_numbers(bodies), dtype=np.int64)
    table = np.zeros(max(splits, default=0) + 1, dtype=np.int32)
    table[list(splits)] = list(splits.values())
    # Post-order: by the last node of the subtree, the innermost of those with the same one first.
    split[nodes[np.lexsort((-nodes, end[nodes]))]] = table[indices]
    values = np.zeros((count, dimensions))
    numbers = ",".join(_VALUE.findall(bare)).replace("[", "").replace("]", "")
    values[~inner] = np.array(numbers.split(","), dtype=np.float64).reshape(-1, dimensions)
    return Trees(roots, split, left, right, values)


def _next(counts: Ints, wanted: Ints) -> Ints:
    """For each place the first place from there on at which the count, which moves in steps of 1, is as wanted."""
    size = len(counts)
    order = np.argsort(counts, kind="stable")
    # Pairs (count, place) as one number, ascending; every wanted pair has a successor in a whole forest.
    low = int(min(counts.min(), wanted.min()))
    keys = (counts[order] - low) * size + order
    found = np.searchsorted(keys, (wanted - low) * size + np.arange(size))
    return order[np.minimum(found, size - 1)]


def _roots(end: Ints, count: int) -> Ints:
    """The first node of each tree: a tree begins where the one before it has ended."""
    last = np.zeros(count + 1, dtype=np.int64)
    # The farthest end of everything that began up to a node; a node that begins right after it is a root.
    reach = np.maximum.accumulate(end)
    last[1:] = reach + 1
    return np.flatnonzero(np.arange(count) == last[:count])
