"""The trees of a ranger.forest object as a Forest: votes for classes, class shares, means, or cumulative hazards."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import RList, RObject, as_array
from modelport.frontends.r.trees.check import check_children, check_columns, damaged
from modelport.frontends.r.trees.sets import bit_sets
from modelport.ir.forest import LEAF, Forest

__all__ = ["ordered_columns", "ranger_trees"]

Floats = npt.NDArray[np.float64]


def ranger_trees(forest: RObject, tensor: str, width: int, levels: npt.NDArray[np.int64], leaves: str) -> Forest:
    """``object$forest`` -> T trees over ``width`` columns; ``levels``: how many a factor has, 64 where that is not known.

    ``leaves``: 'vote' for a class of ``class.values``, 'mean', or the name of the element that holds a vector for each
    leaf (terminal.class.counts, chf).
    Numerics: left where x <= split in double; of an unordered factor, right where the bit of its level is set, so a
    level that is not known goes left. A missing value goes where the third child says, left where there is none.
    Source: ranger 0.14.1 and 0.17.0, Tree.cpp predict, Forest*.cpp predictInternal.
    """
    trees = _list(forest["child.nodeIDs"])
    children = [[as_array(side) for side in _list(tree)] for tree in trees]
    if not children or any(len(sides) < 2 for sides in children):
        raise damaged("child.nodeIDs is none of ranger 0.3.9 or newer")
    sizes = np.array([len(sides[0]) for sides in children], dtype=np.int64)
    if (sizes < 1).any():
        raise damaged("a tree has no node")
    roots = np.cumsum(sizes) - sizes
    left, right = (np.concatenate([sides[k] for sides in children]) for k in (0, 1))
    # Only forests that were grown on missing values have a third child.
    third = np.concatenate([sides[2] if len(sides) > 2 else np.zeros(len(sides[0])) for sides in children])
    feature = _joined(forest["split.varIDs"], sizes).astype(np.int64)
    split = _joined(forest["split.values"], sizes)
    if not len(left) == len(right) == len(third) == len(feature):
        raise damaged("its tables differ in size")
    feature = _without_response(forest, feature)
    leaf = (left == 0) & (right == 0)
    offset = np.repeat(roots, sizes)
    true_child, false_child = left.astype(np.int64) + offset, right.astype(np.int64) + offset
    check_children(~leaf, true_child, false_child, last=np.repeat(roots + sizes, sizes))
    check_columns(feature, ~leaf, width)
    safe = np.where(leaf, 0, feature)
    asked = ~leaf & ~ordered_columns(forest, width)[safe]
    # The set holds the levels whose bit is set; those go right.
    masks = np.where(asked, np.floor(split), 0.0).astype(np.uint64)
    goes_left = (third == 0) | (third == left)
    return Forest(
        name="ranger",
        tensor=tensor,
        input_type="float64",
        roots=roots.astype(np.int64),
        feature=np.where(leaf, LEAF, feature).astype(np.int32),
        threshold=np.where(asked | leaf, 0.0, split),
        true_child=np.where(leaf, -1, np.where(asked, false_child, true_child)).astype(np.int32),
        false_child=np.where(leaf, -1, np.where(asked, true_child, false_child)).astype(np.int32),
        missing_true=goes_left & ~asked & ~leaf,
        values=_LEAVES.get(leaves, _vectors)(forest, leaf, split, leaves),
        base=np.zeros(_targets(forest, leaves)),
        sets=bit_sets(masks, levels[safe], asked),
    )


def ordered_columns(forest: RObject, width: int) -> npt.NDArray[np.bool_]:
    """is.ordered of each column; up to ranger 0.11.4 the response stands among them."""
    ordered = as_array(forest["is.ordered"]) != 0
    gone = sorted(_response_columns(forest))
    if len(ordered) == width + len(gone):
        ordered = np.delete(ordered, gone)
    if len(ordered) != width:
        raise damaged(f"is.ordered has {len(ordered)} entries for {width} columns")
    return np.asarray(ordered, dtype=np.bool_)


def _response_columns(forest: RObject) -> list[int]:
    found = [forest.get(name) for name in ("dependent.varID", "status.varID")]
    return [int(as_array(x)[0]) for x in found if x is not None and len(as_array(x))]


def _without_response(forest: RObject, feature: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Up to ranger 0.11.4 columns were counted with the response among them; as convert.pre.xy does it."""
    before = feature
    for place in _response_columns(forest):
        feature = feature - (before > place)
    return feature


def _targets(forest: RObject, leaves: str) -> int:
    if leaves == "mean":
        return 1
    return len(as_array(forest["class.values" if leaves != "chf" else "unique.death.times"]))


def _means(_: RObject, leaf: npt.NDArray[np.bool_], split: Floats, __: str) -> Floats:
    return np.where(leaf, split, 0.0).reshape(-1, 1)


def _votes(forest: RObject, leaf: npt.NDArray[np.bool_], split: Floats, _: str) -> Floats:
    known = as_array(forest["class.values"])
    votes = leaf[:, None] & (split[:, None] == known)
    if (votes.sum(axis=1) != leaf).any():
        raise damaged("a leaf votes for a class that class.values does not list")
    return np.asarray(votes, dtype=np.float64)


def _vectors(forest: RObject, leaf: npt.NDArray[np.bool_], _: Floats, name: str) -> Floats:
    """A vector for each leaf and an empty one for each other node; of no leaf where the tree is of one node."""
    every = [as_array(node) for tree in _list(forest[name]) for node in _list(tree)]
    count = _targets(forest, name)
    filled = np.array([len(node) == count for node in every], dtype=np.bool_)
    if len(filled) != len(leaf) or (leaf & ~filled).any():
        raise damaged(f"{name} has no {count} values for some leaf")
    values = np.zeros((len(leaf), count))
    values[filled] = np.concatenate([node for node, full in zip(every, filled.tolist(), strict=True) if full]).reshape(
        -1, count
    )
    return values


_LEAVES: dict[str, Callable[[RObject, npt.NDArray[np.bool_], Floats, str], Floats]] = {"mean": _means, "vote": _votes}


def _joined(x: RObject, sizes: npt.NDArray[np.int64]) -> Floats:
    parts = [as_array(part) for part in _list(x)]
    if [len(part) for part in parts] != sizes.tolist():
        raise damaged("its tables differ in size")
    return np.concatenate(parts)


def _list(x: RObject) -> RList:
    if not isinstance(x, RList):
        raise damaged(f"a {x.describe()} stands where a list must")
    return x
