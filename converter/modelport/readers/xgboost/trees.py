"""Joins the trees of a document to arrays: checked to be trees, parents before children. No Python loop over nodes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import Sets
from modelport.readers.xgboost.document import Part
from modelport.readers.xgboost.model import Trees
from modelport.readers.xgboost.records import DamagedError, Records, as_numbers

__all__ = ["parse_trees"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# What XGBoost writes for the parent of a root: -1 without its highest bit.
_NO_PARENT = 2**31 - 1


def parse_trees(model: Part, n_features: int, n_outputs: int, weight: Part | None) -> Trees:
    """Parses gbtree.model; ``weight`` is DART's weight_drop. Raises: DamagedError."""
    file = _File(model["trees"].records(), model["trees"].path, n_outputs)
    output = model["tree_info"].array(np.int32, file.count)
    if ((output < 0) | (output >= n_outputs)).any():
        raise DamagedError(f"{model.path}.tree_info names an output that is none")
    left, right = file.children()
    feature = file.nodes("split_indices", np.int32)
    inner = left >= 0
    if (inner & ((feature < 0) | (feature >= n_features))).any():
        raise DamagedError(f"{file.path} split on a feature that is none of the {n_features}")
    order = file.order(left, right)
    file.check_parents(left, right)
    place = np.full(len(left), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    condition = file.nodes("split_conditions", np.float32)
    sets = file.sets()
    leaf = condition.reshape(-1, 1) if file.width == 1 else file.vectors(left)
    return Trees(
        roots=place[file.roots],
        left=np.where(inner, place[left], -1)[order].astype(np.int32),
        right=np.where(inner, place[right], -1)[order].astype(np.int32),
        feature=feature[order],
        condition=condition[order],
        default_left=file.nodes("default_left", np.uint8).astype(np.bool_)[order],
        leaf=leaf[order],
        output=None if file.width > 1 else output,
        sets=None if sets is None else Sets(sets.index[order], sets.starts, sets.members),
        weight=None if weight is None else weight.array(np.float32, file.count),
        iterations=_iterations(model, file.count, 1 if file.width > 1 else n_outputs),
    )


class _File:
    """The trees as they stand in the file, one after the other."""

    def __init__(self, records: Records, path: str, n_outputs: int) -> None:
        self._records, self.path = records, path
        self.count = records.count
        self.sizes: Ints = np.empty(0, dtype=np.int64)
        widths = self.sizes
        if self.count:
            self.sizes = records.integers("tree_param", "num_nodes", path)
            widths = records.integers("tree_param", "size_leaf_vector", path, default="1")
        if (self.sizes < 1).any():
            raise DamagedError(f"{path} has a tree of {int(self.sizes.min())} nodes")
        # Before 2.0, a tree of one value a leaf said 0.
        self.width = max(1, int(widths.max(initial=1)))
        if (np.maximum(widths, 1) != self.width).any():
            raise DamagedError(f"{path} mixes trees of one value and of {self.width}")
        if self.width not in (1, n_outputs):
            raise DamagedError(f"{path} has leaves of {self.width} values in a model of {n_outputs} outputs")
        self.roots: Ints = np.cumsum(self.sizes) - self.sizes

    def nodes(self, key: str, dtype: npt.DTypeLike, width: int = 1) -> npt.NDArray[Any]:
        """The values of all nodes, ``width`` for each."""
        if not self.count:
            return np.empty(0, dtype=dtype)
        field = self._records.field(key, self.path)
        wrong = np.flatnonzero(field.lengths != self.sizes * width)
        if len(wrong):
            tree = int(wrong[0])
            length, wanted = int(field.lengths[tree]), int(self.sizes[tree]) * width
            raise DamagedError(f"{self.path}[{tree}].{key} has {length} values, not {wanted}")
        return as_numbers(field.flat, dtype, f"{self.path}[…].{key}")

    def children(self) -> tuple[Ints, Ints]:
        """Both children of each node as nodes of the whole file, -1 at leaves."""
        left, right = self.nodes("left_children", np.int64), self.nodes("right_children", np.int64)
        sizes = np.repeat(self.sizes, self.sizes)
        inner = left != -1
        wrong = np.flatnonzero(inner & ((left < 0) | (left >= sizes) | (right < 0) | (right >= sizes)))
        if len(wrong):
            tree = int(np.searchsorted(self.roots, wrong[0], side="right")) - 1
            raise DamagedError(f"{self.path}[{tree}] names a child that is none of its {self.sizes[tree]} nodes")
        shift = np.repeat(self.roots, self.sizes)
        # What stands for the right child of a leaf is no node.
        return np.where(inner, left + shift, -1), np.where(inner, right + shift, -1)

    def order(self, left: Ints, right: Ints) -> Ints:
        """The nodes that can be reached, tree after tree, each level by level."""
        levels: list[Ints] = []
        current, seen = self.roots, 0
        while len(current):
            seen += len(current)
            if seen > len(left):
                raise DamagedError(f"{self.path} has a loop")
            levels.append(current)
            parents = current[left[current] >= 0]
            current = np.concatenate([left[parents], right[parents]])
        reached = np.concatenate(levels) if levels else np.empty(0, dtype=np.int64)
        mark = np.zeros(len(left), dtype=np.bool_)
        mark[reached] = True
        if int(mark.sum()) != len(reached):
            raise DamagedError(f"{self.path} has a node with two parents")
        owner = np.repeat(np.arange(self.count), self.sizes)
        return reached[np.argsort(owner[reached], kind="stable")]

    def check_parents(self, left: Ints, right: Ints) -> None:
        """No prediction asks for the parents, but the library climbs them when it loads the model."""
        if "parents" not in self._records:
            return
        parents = self.nodes("parents", np.int64)
        inner = np.flatnonzero(left >= 0)
        own = inner - np.repeat(self.roots, self.sizes)[inner]
        known = np.isin(parents[self.roots], (-1, _NO_PARENT)).all()
        if not known or (parents[left[inner]] != own).any() or (parents[right[inner]] != own).any():
            raise DamagedError(f"{self.path} has a node with another parent than its parents say")

    def vectors(self, left: Ints) -> npt.NDArray[np.float32]:
        """[M, K]: since 3.2 ``leaf_weights`` with the leaf's number as its right child, before that ``base_weights``."""
        if "leaf_weights" not in self._records:
            return self.nodes("base_weights", np.float32, self.width).reshape(-1, self.width)
        field = self._records.field("leaf_weights", self.path)
        weights = as_numbers(field.flat, np.float32, f"{self.path}[…].leaf_weights")
        counts, rest = np.divmod(field.lengths, self.width)
        leaves = np.flatnonzero(left == -1)
        number = self.nodes("right_children", np.int64)[leaves]
        owner = np.repeat(np.arange(self.count), self.sizes)[leaves]
        if rest.any() or ((number < 0) | (number >= counts[owner])).any():
            raise DamagedError(f"{self.path} names a leaf that is none of its leaf_weights")
        values = np.zeros((len(left), self.width), dtype=np.float32)
        values[leaves] = weights.reshape(-1, self.width)[number + (np.cumsum(counts) - counts)[owner]]
        return values

    def sets(self) -> Sets | None:
        """The set of each categorical split; one without a list has the empty set."""
        if "split_type" not in self._records:
            return None
        kinds = self.nodes("split_type", np.int64)
        if ((kinds < 0) | (kinds > 1)).any():
            raise DamagedError(f"{self.path}[…].split_type is neither 0 nor 1")
        if not kinds.any():
            return None
        keys = ("categories_nodes", "categories_segments", "categories_sizes", "categories")
        fields = [self._records.field(key, self.path) for key in keys]
        node, start, size, members = (
            as_numbers(field.flat, np.int64, f"{self.path}[…].{key}") for key, field in zip(keys, fields, strict=True)
        )
        listed, held = fields[0].lengths, fields[3].lengths
        same = all((field.lengths == listed).all() for field in fields[1:3])
        owner = np.repeat(np.arange(self.count), listed)
        if not same or (
            ((node < 0) | (node >= self.sizes[owner])).any()
            or ((start < 0) | (size < 0) | (size > held[owner]) | (start > held[owner] - size)).any()
            or int(size.sum()) > len(members)
        ):
            raise DamagedError(f"{self.path} has sets of categories that do not fit it")
        first = start + (np.cumsum(held) - held)[owner]
        ends = np.cumsum(size)
        places = np.arange(int(size.sum())) + np.repeat(first - (ends - size), size)
        index = np.where(kinds == 1, len(node), -1).astype(np.int32)
        own = node + self.roots[owner]
        split = kinds[own] == 1
        index[own[split]] = np.arange(len(node))[split]
        # The set after the last is the empty one.
        return Sets(
            index, np.concatenate([[0], ends, ends[-1:] if len(ends) else [0]]).astype(np.int64), members[places]
        )


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
