"""What LightGBM's Python package makes of the rows that it is given, where that is not the numbers themselves."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.errors import SampleError

__all__ = ["check_integers"]

# The first whole number above which float32 leaves some out.
_LARGEST = 2**24


def check_integers(columns: Sequence[npt.NDArray[np.generic]]) -> None:
    """Raises SampleError for an array of large integers: LightGBM rounds it to float32, but not a DataFrame or floats."""
    large = sum(c.dtype.kind in "iu" and bool((np.abs(c.astype(np.float64)) > _LARGEST).any()) for c in columns)
    if large:
        raise SampleError(
            f"the sample is an array of integers, {large} column(s) of it beyond 2**24: LightGBM rounds those to float32",
            where="--data",
            fix="give the rows as float64 here and to predict(): rows.astype('float64')",
        )
