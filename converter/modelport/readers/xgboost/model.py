"""An XGBoost model as arrays: what its file says, checked, and nothing of what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import Sets

__all__ = ["Linear", "Trees", "XGBoostModel"]


@dataclass(frozen=True)
class Trees:
    """T trees of M nodes over K outputs, parents before children, tree after tree.

    Shapes: roots int64[T]; left, right int32[M], -1 at leaves; feature int32[M]; condition float32[M]; default_left
    bool[M]; leaf float32[M, 1], or float32[M, K] where trees are vectors; output int32[T]: the output that a tree adds
    to, None for vectors; sets: where a node has one, the categories that go right; weight float32[T], of DART, or
    None; iterations int64[I + 1]: the first tree of each boosting round.
    """

    roots: npt.NDArray[np.int64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    condition: npt.NDArray[np.float32]
    default_left: npt.NDArray[np.bool_]
    leaf: npt.NDArray[np.float32]
    output: npt.NDArray[np.int32] | None
    sets: Sets | None
    weight: npt.NDArray[np.float32] | None
    iterations: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Linear:
    """A linear booster. Shapes: weight float32[F, K], bias float32[K]."""

    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


@dataclass(frozen=True)
class XGBoostModel:
    """One model. ``base_score`` float32[K] is as stored, before the objective's link.

    ``categories``: for each column the values behind its codes that the file holds (3.1 and later), text or whole
    numbers in code order with the numpy type of the latter; None where it holds none.
    """

    version: tuple[int, ...]
    booster: str
    objective: str
    parameters: Mapping[str, str]
    n_features: int
    n_outputs: int
    n_classes: int
    base_score: npt.NDArray[np.float32]
    trees: Trees | None
    linear: Linear | None
    feature_names: tuple[str, ...]
    feature_types: tuple[str, ...]
    categories: tuple[tuple[str, ...] | npt.NDArray[np.integer] | None, ...]
    attributes: Mapping[str, str]

    @property
    def best_iteration(self) -> int | None:
        """The round at which early stopping found the best score."""
        text = self.attributes.get("best_iteration", "")
        return int(text) if text.isdigit() else None
