"""Tells columns that were factors at the fit, and so stand as codes in the trees, from numbers, where a model does not say it."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["coded_columns", "whole_numbers"]

_MOST = 64


def whole_numbers(texts: Sequence[str]) -> list[int] | None:
    """The distinct values of a column, ascending, where they are few whole numbers; else None."""
    if not 1 < len(texts) <= _MOST:
        return None
    try:
        found = [float(text) for text in texts]
    except ValueError:
        return None
    return sorted(int(value) for value in found) if all(value.is_integer() for value in found) else None


def coded_columns(
    texts: Mapping[str, Sequence[str]], thresholds: Mapping[str, npt.NDArray[np.float64]], masked: Sequence[str]
) -> list[str]:
    """Columns whose numbers in the sample are names of levels rather than what the trees compare.

    A factor of the levels 0 and 1 stands as 1 and 2 in the trees. So where the sample's values are not 1, 2, … themselves:
    a column that is split by sets of levels; one with a threshold that its values never reach, though their places 1 … m do.
    """
    found = [name for name in masked if (own := whole_numbers(texts.get(name, ()))) and own != _places(own)]
    for name, splits in thresholds.items():
        own = whole_numbers(texts.get(name, ()))
        if own is None or own == _places(own) or not len(splits) or name in masked:
            continue
        beyond = (splits < own[0]) | (splits >= own[-1])
        if beyond.any() and ((splits >= 1) & (splits < len(own))).all():
            found.append(name)
    return found


def _places(values: Sequence[int]) -> list[int]:
    return list(range(1, len(values) + 1))
