"""What a LightGBM model is: all of its trees in flat numpy arrays, as its text format holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Label

__all__ = ["LightGBMModel", "Linear", "joined"]

Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """The linear models in the leaves.

    Shapes: of_tree bool[T]: whether the tree has any; constant float64[L]; counts int64[L] terms of each leaf, whose
    feature int64[Q] and coefficient float64[Q] stand one leaf after the other.
    """

    of_tree: npt.NDArray[np.bool_]
    constant: Floats
    counts: Ints
    feature: Ints
    coefficient: Floats


@dataclass(frozen=True)
class LightGBMModel:
    """T trees with M splits, L leaves and S category sets, one tree after the other.

    Shapes: leaves, sets int64[T]: how many of each a tree has (one split less than leaves). Of each split: feature,
    left, right int32[M], children numbered in their tree, leaf i as -1-i; threshold float64[M], the number of its
    set in the tree where it is categorical; decision int8[M]: bit 0 categorical, bit 1 missing goes left, bits 2 and
    3 what is missing (0 nothing, 1 zero, 2 NaN). leaf_value float64[L]. starts int64[S+1]: the words of each set in
    ``words`` uint32[W]; category c is a member where bit c mod 32 of the set's word c div 32 is 1.
    ``infos`` tells of each feature the range or the categories seen by fit(), 'none' where it was of no use.
    ``categorical``: the features that fit() took for categories, where the file says so.
    ``pandas_categories``: the categories of each pandas category column of fit(), in code order, None without pandas.
    """

    names: tuple[str, ...]
    infos: tuple[str, ...]
    per_iteration: int
    objective: str | None
    averaged: bool
    leaves: Ints
    sets: Ints
    feature: Whole
    threshold: Floats
    decision: npt.NDArray[np.int8]
    left: Whole
    right: Whole
    leaf_value: Floats
    starts: Ints
    words: npt.NDArray[np.uint32]
    linear: Linear | None
    categorical: tuple[int, ...]
    pandas_categories: tuple[tuple[Label, ...], ...] | None

    @property
    def iterations(self) -> int:
        """How many iterations of boosting it holds."""
        return len(self.leaves) // self.per_iteration

    @property
    def first_split(self) -> Ints:
        """int64[T+1]: where the splits of each tree begin."""
        return np.concatenate([[0], np.cumsum(self.leaves - 1)]).astype(np.int64)

    @property
    def first_leaf(self) -> Ints:
        """int64[T+1]: where the leaves of each tree begin."""
        return np.concatenate([[0], np.cumsum(self.leaves)]).astype(np.int64)

    def between(self, start: int, count: int) -> "LightGBMModel":
        """Returns the model of some iterations; all from ``start`` on where ``count`` is not positive (InitPredict)."""
        first = min(max(start, 0), self.iterations)
        last = self.iterations if count <= 0 else min(first + count, self.iterations)
        trees = slice(first * self.per_iteration, last * self.per_iteration)
        splits = slice(int(self.first_split[trees.start]), int(self.first_split[trees.stop]))
        leaves = slice(int(self.first_leaf[trees.start]), int(self.first_leaf[trees.stop]))
        per_tree = np.concatenate([[0], np.cumsum(self.sets)]).astype(np.int64)
        starts = self.starts[int(per_tree[trees.start]) : int(per_tree[trees.stop]) + 1]
        linear = self.linear
        if linear is not None:
            ends = np.concatenate([[0], np.cumsum(linear.counts)])
            terms = slice(int(ends[leaves.start]), int(ends[leaves.stop]))
            linear = Linear(
                of_tree=linear.of_tree[trees],
                constant=linear.constant[leaves],
                counts=linear.counts[leaves],
                feature=linear.feature[terms],
                coefficient=linear.coefficient[terms],
            )
        return replace(
            self,
            leaves=self.leaves[trees],
            sets=self.sets[trees],
            feature=self.feature[splits],
            threshold=self.threshold[splits],
            decision=self.decision[splits],
            left=self.left[splits],
            right=self.right[splits],
            leaf_value=self.leaf_value[leaves],
            starts=starts - starts[0],
            words=self.words[int(starts[0]) : int(starts[-1])],
            linear=linear if linear is not None and linear.of_tree.any() else None,
        )


def joined(models: Sequence[LightGBMModel]) -> LightGBMModel:
    """One model of the trees of all; what is not in trees is that of the first."""
    first = models[0]
    if len(models) == 1:
        return first
    words = np.cumsum([0] + [len(model.words) for model in models])
    starts = [model.starts[:-1] + shift for model, shift in zip(models, words[:-1], strict=True)]
    return replace(
        first,
        leaves=np.concatenate([model.leaves for model in models]),
        sets=np.concatenate([model.sets for model in models]),
        feature=np.concatenate([model.feature for model in models]),
        threshold=np.concatenate([model.threshold for model in models]),
        decision=np.concatenate([model.decision for model in models]),
        left=np.concatenate([model.left for model in models]),
        right=np.concatenate([model.right for model in models]),
        leaf_value=np.concatenate([model.leaf_value for model in models]),
        words=np.concatenate([model.words for model in models]),
        starts=np.concatenate([*starts, words[-1:]]).astype(np.int64),
        linear=_joined_linear(models),
    )


def _joined_linear(models: Sequence[LightGBMModel]) -> Linear | None:
    if all(model.linear is None for model in models):
        return None
    parts = [model.linear or _no_terms(model) for model in models]
    names = ("of_tree", "constant", "counts", "feature", "coefficient")
    return Linear(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _no_terms(model: LightGBMModel) -> Linear:
    none = np.zeros(len(model.leaf_value), dtype=np.int64)
    flat = np.zeros(len(model.leaves), dtype=np.bool_)
    return Linear(flat, model.leaf_value, none, none[:0], model.leaf_value[:0])
