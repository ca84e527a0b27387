"""sum() of R, for numbers of a model."""

import numpy as np
import numpy.typing as npt

__all__ = ["long_sum"]


def long_sum(values: npt.NDArray[np.float64]) -> np.float64:
    """Added one by one in long double, and rounded once."""
    return np.float64(np.cumsum(values.astype(np.longdouble))[-1]) if len(values) else np.float64(0)
