"""Turns LightGBM's trees into a Forest: splits first and leaves after them in each tree, all by array arithmetic."""

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import LEAF, Forest, Sets
from modelport.readers.lightgbm.columns import CATEGORY, Reading, ways
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["make_forest", "set_members", "set_numbers"]

Ints = npt.NDArray[np.int64]


def make_forest(
    name: str, model: LightGBMModel, reading: Reading, values: npt.NDArray[np.float64], target: npt.NDArray[np.int32]
) -> Forest:
    """Returns the forest of all trees.

    Shapes: values float64[L], one a leaf; target int32[T].
    Numerics: x <= threshold in double; sums from 0.0, tree after tree, in double (GBDT::PredictRaw).
    """
    first_split, first_leaf = model.first_split[:-1], model.first_leaf[:-1]
    roots = first_split + first_leaf
    of_split = np.repeat(np.arange(len(model.leaves)), model.leaves - 1)
    of_leaf = np.repeat(np.arange(len(model.leaves)), model.leaves)
    # A tree's nodes: its splits from its root on, then its leaves.
    split_at = np.arange(len(model.left)) + first_leaf[of_split]
    leaf_at = np.arange(len(model.leaf_value)) + first_split[of_leaf] + model.leaves[of_leaf] - 1
    count = len(split_at) + len(leaf_at)

    def children(child: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        inner = roots[of_split] + child
        leaf = roots[of_split] + model.leaves[of_split] - 1 + (-1 - child)
        found = np.full(count, LEAF, dtype=np.int32)
        found[split_at] = np.where(child >= 0, inner, leaf)
        return found

    def placed(at: Ints, what: npt.NDArray[np.generic], empty: float) -> npt.NDArray[np.generic]:
        found = np.full(count, empty, dtype=what.dtype)
        found[at] = what
        return found

    numbers = set_numbers(model)
    categorical = numbers >= 0
    sets = None
    if categorical.any():
        sets = Sets(placed(split_at, numbers.astype(np.int32), -1).astype(np.int32), *set_members(model))
    # A categorical split never sees NaN: the column holds -1, which is in no set.
    left = (model.decision & 2).astype(np.bool_) & ~categorical
    threshold = np.where(categorical, 0.0, model.threshold)
    return Forest(
        name=name,
        tensor=str(reading.rows.name),
        input_type="float64",
        roots=roots,
        feature=placed(split_at, reading.column.astype(np.int32), LEAF).astype(np.int32),
        threshold=placed(split_at, threshold, 0.0).astype(np.float64),
        true_child=children(model.left),
        false_child=children(model.right),
        missing_true=placed(split_at, left, False).astype(np.bool_),
        values=placed(leaf_at, values, 0.0).astype(np.float64).reshape(-1, 1),
        base=np.zeros(int(target.max()) + 1 if len(target) else 1),
        target=target,
        sets=sets,
    )


def set_members(model: LightGBMModel) -> tuple[Ints, Ints]:
    """The members of all category sets: starts int64[S+1] and members int64, ascending in each set."""
    bits = np.flatnonzero(np.unpackbits(model.words.astype("<u4").view(np.uint8), bitorder="little"))
    # A set without words starts where the next one does; 'right' finds the one that has the word.
    number = np.searchsorted(model.starts, bits // 32, side="right") - 1
    members = bits - model.starts[number] * 32
    ends = np.cumsum(np.bincount(number, minlength=len(model.starts) - 1))
    return np.concatenate([[0], ends]).astype(np.int64), members.astype(np.int64)


def set_numbers(model: LightGBMModel) -> Ints:
    """int64[M]: the set of each split among those of all trees, -1 where it compares with its threshold."""
    before = np.repeat(np.cumsum(model.sets) - model.sets, model.leaves - 1)
    categorical = ways(model) == CATEGORY
    numbers = np.full(len(categorical), -1, dtype=np.int64)
    numbers[categorical] = before[categorical] + model.threshold[categorical].astype(np.int64)
    return numbers
