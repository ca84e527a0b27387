"""What each XGBoost objective makes of a margin, and of the base score before it is one."""

import ctypes
import math
import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["OBJECTIVES", "Objective", "base_margin"]

Link = Literal["identity", "sigmoid", "exp", "softmax", "argmax", "step"]
Base = Literal["identity", "logit", "log"]


@dataclass(frozen=True)
class Objective:
    """``link``: from margins to what predict gives; ``base``: from the stored base score to a margin.

    ``task``: what a bare booster of it is; the wrappers decide for themselves.
    """

    link: Link = "identity"
    base: Base = "identity"
    task: Literal["classifier", "regressor"] = "regressor"


_LOG = Objective("exp", "log")
OBJECTIVES: dict[str, Objective] = {
    **dict.fromkeys(
        (
            *("reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror"),
            *("reg:quantileerror", "reg:expectileerror", "rank:pairwise", "rank:ndcg", "rank:map"),
        ),
        Objective(),
    ),
    **dict.fromkeys(("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft"), _LOG),
    "reg:logistic": Objective("sigmoid", "logit"),
    "binary:logistic": Objective("sigmoid", "logit", "classifier"),
    "binary:logitraw": Objective("identity", "identity", "classifier"),
    "binary:hinge": Objective("step", "identity", "classifier"),
    "multi:softprob": Objective("softmax", "identity", "classifier"),
    "multi:softmax": Objective("argmax", "identity", "classifier"),
}

_EPSILON = np.float32(1e-6)


def base_margin(objective: Objective, score: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """float32[K] -> float32[K]: the margin that stands before the first tree, as XGBoost computes it.

    Numerics: float32 throughout; the logarithm is the C library's own logf, which XGBoost calls too.
    Source: src/objective/regression_loss.h of 3.2, ProbToMargin.
    """
    if objective.base == "identity":
        return score
    one = np.float32(1.0)
    with np.errstate(all="ignore"):
        if objective.base == "log":
            return np.array([_logf(value) for value in score], dtype=np.float32)
        inside = np.clip(score, _EPSILON, one - _EPSILON)
        return np.array([-_logf(one / value - one) for value in inside], dtype=np.float32)


def _logf(x: np.float32) -> np.float32:
    if x == 0:
        return np.float32(-np.inf)
    if sys.platform != "win32":
        try:
            function = ctypes.CDLL(None).logf
        except (AttributeError, OSError):
            return np.float32(math.log(x))
        function.restype, function.argtypes = ctypes.c_float, [ctypes.c_float]
        return np.float32(function(x))
    return np.float32(math.log(x)) if x > 0 else np.float32(np.nan)
