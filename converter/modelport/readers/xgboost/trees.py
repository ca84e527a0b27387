"""Joins the trees of a document to arrays: checked to be trees, parents before children. No Python loop over nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import Sets
from modelport.readers.xgboost.document import Part
from modelport.readers.xgboost.model import Trees
from modelport.readers.xgboost.ubjson import DamagedError

__all__ = ["parse_trees"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Tree:
    """One tree as it stands in the file."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    condition: npt.NDArray[np.float32]
    default_left: npt.NDArray[np.bool_]
    leaf: npt.NDArray[np.float32]
    split_type: npt.NDArray[np.int64]
    vector: bool
    set_nodes: Ints
    set_starts: Ints
    set_sizes: Ints
    members: Ints


def parse_trees(model: Part, n_features: int, n_outputs: int, weight: Part | None) -> Trees:
    """Parses gbtree.model; ``weight`` is DART's weight_drop. Raises: DamagedError."""
    trees = [_tree(part, n_outputs) for part in model["trees"].items()]
    vector = any(tree.vector for tree in trees)
    if vector and not all(tree.vector for tree in trees):
        raise DamagedError(f"{model.path}.trees mixes trees of one value and of {n_outputs}")
    output = model["tree_info"].array(np.int32, len(trees))
    if ((output < 0) | (output >= n_outputs)).any():
        raise DamagedError(f"{model.path}.tree_info names an output that is none")
    sizes = np.array([len(tree.left) for tree in trees], dtype=np.int64)
    roots = np.cumsum(sizes) - sizes
    left, right = (_shifted([getattr(tree, side) for tree in trees], roots, sizes) for side in ("left", "right"))
    feature = _joined([tree.feature for tree in trees], np.int32)
    inner = left >= 0
    # What stands for the right child of a leaf is no node.
    right = np.where(inner, right, -1)
    if ((feature[inner] < 0) | (feature[inner] >= n_features)).any():
        raise DamagedError(f"{model.path}.trees split on a feature that is none of the {n_features}")
    order = _order(left, right, roots, sizes, model.path)
    place = np.full(len(left), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    sets = _sets(trees, roots)
    leaf = _joined([tree.leaf for tree in trees], np.float32).reshape(len(left), -1 if len(left) else 1)
    return Trees(
        roots=place[roots],
        left=np.where(inner, place[left], -1)[order].astype(np.int32),
        right=np.where(inner, place[right], -1)[order].astype(np.int32),
        feature=feature[order],
        condition=_joined([tree.condition for tree in trees], np.float32)[order],
        default_left=_joined([tree.default_left for tree in trees], np.bool_)[order],
        leaf=leaf[order],
        output=None if vector else output,
        sets=None if sets is None else Sets(sets.index[order], sets.starts, sets.members),
        weight=None if weight is None else weight.array(np.float32, len(trees)),
        iterations=_iterations(model, len(trees), 1 if vector else n_outputs),
    )


def _tree(part: Part, n_outputs: int) -> _Tree:
    shape = part["tree_param"]
    n = shape["num_nodes"].integer()
    width = max(1, shape["size_leaf_vector"].integer()) if "size_leaf_vector" in shape else 1
    if n < 1:
        raise DamagedError(f"{part.path} has {n} nodes")
    if width not in (1, n_outputs):
        raise DamagedError(f"{part.path} has leaves of {width} values in a model of {n_outputs} outputs")
    left, right = part["left_children"].array(np.int32, n), part["right_children"].array(np.int32, n)
    inner = left != -1
    if (((left < 0) | (left >= n) | (right < 0) | (right >= n)) & inner).any():
        raise DamagedError(f"{part.path} names a child that is none of its {n} nodes")
    condition = part["split_conditions"].array(np.float32, n)
    kinds = part.get("split_type")
    has_sets = kinds is not None and "categories_nodes" in part

    def listed(key: str) -> Ints:
        return part[key].array(np.int64) if has_sets else np.empty(0, dtype=np.int64)

    tree = _Tree(
        left=left,
        right=right,
        feature=part["split_indices"].array(np.int32, n),
        condition=condition,
        default_left=part["default_left"].array(np.uint8, n).astype(np.bool_),
        leaf=condition if width == 1 else _vectors(part, left, right, n, width),
        split_type=np.zeros(n, dtype=np.int64) if kinds is None else kinds.array(np.int64, n),
        vector=width > 1,
        set_nodes=listed("categories_nodes"),
        set_starts=listed("categories_segments"),
        set_sizes=listed("categories_sizes"),
        members=listed("categories"),
    )
    _check_sets(tree, part.path)
    return tree


def _check_sets(tree: _Tree, path: str) -> None:
    counts = {len(tree.set_nodes), len(tree.set_starts), len(tree.set_sizes)}
    starts, sizes = tree.set_starts, tree.set_sizes
    if (
        len(counts) > 1
        or ((tree.set_nodes < 0) | (tree.set_nodes >= len(tree.left))).any()
        or sizes.sum() > len(tree.members)
        or ((starts < 0) | (sizes < 0) | (sizes > len(tree.members)) | (starts > len(tree.members) - sizes)).any()
    ):
        raise DamagedError(f"{path} has sets of categories that do not fit it")
    if ((tree.split_type < 0) | (tree.split_type > 1)).any():
        raise DamagedError(f"{path}.split_type is neither 0 nor 1")


def _vectors(
    part: Part, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], n: int, width: int
) -> npt.NDArray[np.float32]:
    """[n, K]: since 3.2 ``leaf_weights`` with the leaf's number as its right child, before that the node's weights."""
    stored = part.get("leaf_weights")
    if stored is None:
        return part["base_weights"].array(np.float32, n * width).reshape(n, width)
    weights = stored.array(np.float32)
    if len(weights) % width:
        raise DamagedError(f"{stored.path} has {len(weights)} values, no multiple of {width}")
    weights = weights.reshape(-1, width)
    leaf = left == -1
    if ((right[leaf] < 0) | (right[leaf] >= len(weights))).any():
        raise DamagedError(f"{part.path} names a leaf that is none")
    values = np.zeros((n, width), dtype=np.float32)
    values[leaf] = weights[right[leaf]]
    return values


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype)


def _shifted(children: Sequence[npt.NDArray[np.int32]], roots: Ints, sizes: Ints) -> Ints:
    own = _joined(children, np.int64).astype(np.int64)
    return np.where(own < 0, -1, own + np.repeat(roots, sizes))


def _order(left: Ints, right: Ints, roots: Ints, sizes: Ints, path: str) -> Ints:
    """The nodes that can be reached, tree after tree, each level by level."""
    levels: list[Ints] = []
    current, seen = roots, 0
    while len(current):
        seen += len(current)
        if seen > len(left):
            raise DamagedError(f"{path}.trees has a loop")
        levels.append(current)
        parents = current[left[current] >= 0]
        current = np.concatenate([left[parents], right[parents]])
    reached = np.concatenate(levels) if levels else np.empty(0, dtype=np.int64)
    if len(np.unique(reached)) != len(reached):
        raise DamagedError(f"{path}.trees has a node with two parents")
    owner = np.repeat(np.arange(len(roots)), sizes)
    return reached[np.argsort(owner[reached], kind="stable")]


def _sets(trees: Sequence[_Tree], roots: Ints) -> Sets | None:
    """The set of each categorical split; one without a list has the empty set."""
    kinds = _joined([tree.split_type for tree in trees], np.int64)
    if not kinds.any():
        return None
    base = np.cumsum([0] + [len(tree.members) for tree in trees])[:-1]
    nodes = np.concatenate([tree.set_nodes + root for tree, root in zip(trees, roots, strict=True)])
    starts = np.concatenate([tree.set_starts + shift for tree, shift in zip(trees, base, strict=True)])
    sizes = np.concatenate([tree.set_sizes for tree in trees])
    members = np.concatenate([tree.members for tree in trees])
    ends = np.cumsum(sizes)
    places = np.arange(int(sizes.sum())) + np.repeat(starts - (ends - sizes), sizes)
    index = np.where(kinds == 1, len(nodes), -1).astype(np.int32)
    listed = kinds[nodes] == 1
    index[nodes[listed]] = np.arange(len(nodes))[listed]
    # The set after the last is the empty one.
    return Sets(index, np.concatenate([[0], ends, ends[-1:] if len(ends) else [0]]).astype(np.int64), members[places])


def _iterations(model: Part, n_trees: int, outputs: int) -> Ints:
    """The first tree of each round: written since 2.0, before that each round had as many trees."""
    stored = model.get("iteration_indptr")
    if stored is not None:
        found: Ints = stored.array(np.int64)
        if not len(found) or found[0] != 0 or found[-1] != n_trees or (np.diff(found) < 0).any():
            raise DamagedError(f"{stored.path} does not part {n_trees} trees")
        return found
    shape = model["gbtree_model_param"]
    parallel = shape["num_parallel_tree"].integer() if "num_parallel_tree" in shape else 1
    step = max(1, parallel) * outputs
    if n_trees % step:
        raise DamagedError(f"{model.path} has {n_trees} trees, no multiple of {step}")
    return np.arange(0, n_trees + 1, step, dtype=np.int64)
