"""A library that R's own package calls, asked from Python: what answers for a booster where R is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Engine"]


@dataclass(frozen=True)
class Engine:
    """``versions``: 'xgboost 3.2.0'. ``ask``: columns float64 [N] by variable, NaN for NA, to outputs [N, K]; labels as text.

    ``errors``: what ``ask`` raises when it refuses rows.
    """

    versions: str
    ask: Callable[[Mapping[str, npt.NDArray[np.float64]]], Mapping[str, npt.NDArray[np.generic]]]
    errors: tuple[type[Exception], ...] = ()
