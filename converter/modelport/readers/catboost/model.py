"""A CatBoost model as numpy arrays: features, splits, trees, classes. No JSON and no library behind it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Label

__all__ = ["CTR", "FLOAT", "LEAF", "ONE_HOT", "CatBoostModel", "Classes", "Ctr", "Projection", "Splits", "Trees"]

FLOAT, ONE_HOT, CTR = 0, 1, 2
LEAF = -1


@dataclass(frozen=True)
class Splits:
    """S distinct splits; a row goes right where the answer is yes.

    Shapes: kind int8[S]: FLOAT asks whether feature > border in float32, ONE_HOT whether the hash of a category equals
    ``value``, CTR whether a target statistic > border; feature int32[S], a place among the model's float features,
    categorical features or statistics.
    """

    kind: npt.NDArray[np.int8]
    feature: npt.NDArray[np.int32]
    border: npt.NDArray[np.float32]
    value: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Trees:
    """T trees of M nodes, children after parents.

    Shapes: roots int64[T]; split int32[M], LEAF at leaves; left, right int32[M]; values float64[M, K], only leaves count.
    """

    roots: npt.NDArray[np.int64]
    split: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Classes:
    """The labels of a classifier, all those that the model can name; ``dims`` int64[K]: the class of each raw value."""

    labels: tuple[Label, ...]
    dims: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Projection:
    """A combination of features that statistics are kept of: categories as they are, yes-or-no questions of others.

    ``cats``: places of categorical features; ``floats``: (place of a float feature, border); ``one_hots``: (place of a
    categorical feature, hash of the value asked for).
    """

    cats: tuple[int, ...]
    floats: tuple[tuple[int, float], ...] = ()
    one_hots: tuple[tuple[int, int], ...] = ()

    @property
    def single(self) -> bool:
        """Whether it is one categorical feature by itself."""
        return len(self.cats) == 1 and not self.floats and not self.one_hots


@dataclass(frozen=True)
class Ctr:
    """A target statistic of a combination.

    Shapes: keys uint64[R], hashes of combinations that training saw; values float32[R], the statistic of each;
    ``unseen`` is that of every other combination.
    """

    projection: Projection
    keys: npt.NDArray[np.uint64]
    values: npt.NDArray[np.float32]
    unseen: float


@dataclass(frozen=True)
class CatBoostModel:
    """One model.

    ``names``: by column of fit(), '' where fit() saw none. Shapes: float_columns int64[A], cat_columns int64[B]: the
    column behind each float or categorical feature; nan_right bool[A]: NaN counts as greater than every border, else as
    greater than none. Raw values are scale · Σ leaves + bias; bias float64[K]. ``threshold``: the probability above which a
    binary label is the second, None for 0.5. ``mixed_statistics``: types of statistics whose tables the export mixes up.
    """

    names: tuple[str, ...]
    float_columns: npt.NDArray[np.int64]
    nan_right: npt.NDArray[np.bool_]
    cat_columns: npt.NDArray[np.int64]
    splits: Splits
    trees: Trees
    scale: float
    bias: npt.NDArray[np.float64]
    loss: str
    classes: Classes | None = None
    threshold: float | None = None
    ctrs: tuple[Ctr, ...] = ()
    mixed_statistics: tuple[str, ...] = ()

    @property
    def dimensions(self) -> int:
        """K."""
        return len(self.bias)
