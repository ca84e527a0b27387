"""Deviation rules of the nearest few: which values a place may hold, and which rows may stand there.

Where the last of the taken and the first of those left out lie within reach of each other, either may be taken: equal
distances are undefined, with or without a deviation. What is then looked up is one of a few values, not any.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Candidates", "Selection", "looked_up", "open_places", "scattered", "top_indices", "top_values"]

Array = npt.NDArray[np.float64]
# By the name of a tensor of indices [N, K]: bool [N, M], which rows may stand at a place that is undefined.
Candidates = Mapping[str, npt.NDArray[np.bool_]]


class Selection(Protocol):
    """What these rules look at."""

    def x(self, index: int = 0) -> Array:
        """The value of an input; numbers as float64."""

    def d(self, index: int = 0) -> Array:
        """The deviation of an input, 0 where it has none."""

    def raw(self, index: int) -> npt.NDArray[np.generic]:
        """The value of an input as it is."""

    def attribute(self, name: str, default: int) -> int:
        """An integer attribute."""

    @property
    def result(self) -> Array:
        """The value of the output."""


def _ascending(n: Selection) -> tuple[Array, Array, int, float]:
    """Values in ascending sense, their deviations, how many are taken, and the sign that was applied."""
    sign = -1.0 if n.attribute("largest", 1) else 1.0
    return sign * n.x(), n.d(), int(n.raw(1).ravel()[0]), sign


def top_values(n: Selection) -> Array:
    """The k-th value lies between the k-th of the least values and the k-th of the greatest.

    Its own row may move as far as it deviates by itself: who pairs a value with what is looked up for its row needs that.
    """
    x, d, count, sign = _ascending(n)
    order = np.argsort(x, axis=-1, kind="stable")[..., :count]
    low, high = (np.sort(end, axis=-1)[..., :count] for end in (x - d, x + d))
    value = sign * n.result
    return np.asarray(np.maximum(np.maximum(high - value, value - low), np.take_along_axis(d, order, -1)))


def top_indices(n: Selection) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Infinite at each place whose row may be another, and the rows that may be taken or left out there.

    The order of those that are surely taken is open too: who looks up by them must not depend on it.
    """
    x, d, count, _ = _ascending(n)
    return open_places(x, d, count)


def open_places(x: Array, d: Array, count: int, *, settled: bool = False) -> tuple[Array, npt.NDArray[np.bool_]]:
    """As ``top_indices``, of values in ascending sense.

    ``settled``: equal values are taken in the source's own order, so that only those that deviate are undefined.
    """
    places = np.zeros((*x.shape[:-1], count))
    if count >= x.shape[-1]:
        return places, np.zeros(x.shape, dtype=np.bool_)
    order = np.argsort(x, axis=-1, kind="stable")
    low, high = (np.take_along_axis(end, order, -1) for end in (x - d, x + d))
    first_out = low[..., count:].min(axis=-1, keepdims=True)
    last_in = high[..., :count].max(axis=-1, keepdims=True)
    open_rows = ~(first_out > last_in)
    displaced = open_rows & ~(high[..., :count] < first_out)
    entering = open_rows & ~(low[..., count:] > last_in)
    if settled:
        moved = np.take_along_axis(d, order, -1) > 0
        both = np.concatenate([displaced, entering], axis=-1)
        still = ~(both & moved).any(axis=-1, keepdims=True)
        # Equal values stand in any order among themselves: whatever lies behind an open place is open too.
        displaced = np.maximum.accumulate(displaced & ~still, axis=-1)
        entering = entering & ~still
    candidates = np.zeros(x.shape, dtype=np.bool_)
    np.put_along_axis(candidates, order, np.concatenate([displaced, entering], axis=-1), axis=-1)
    return np.where(displaced, np.inf, places), candidates


def looked_up(n: Selection, candidates: npt.NDArray[np.bool_]) -> Array:
    """The distance to the farthest value that a candidate of the row would give; Gather along axis 0 only."""
    table, carried = n.x(0), n.d(0)
    deviation: Array = np.take(carried, n.raw(1).astype(np.int64), axis=0)
    undefined = n.d(1) > 0
    for row in np.flatnonzero(undefined.any(axis=-1)):
        rows = candidates[row]
        low, high = (table - carried)[rows].min(axis=0), (table + carried)[rows].max(axis=0)
        places = undefined[row]
        result = n.result[row][places]
        deviation[row][places] = np.maximum(high - result, result - low)
    return deviation


def scattered(n: Selection, candidates: npt.NDArray[np.bool_] | None) -> Array:
    """Adds along axis 1: each deviation goes where its value goes. Of the values of one place all but one are 0.

    A value whose place is undefined may stand at each of the candidates, or at none of them; without candidates, anywhere.
    """
    carried: Array = n.d(0) + np.zeros(n.result.shape)
    places, values = n.raw(1).astype(np.int64), n.d(2)
    rows = np.broadcast_to(np.arange(carried.shape[0])[:, None], places.shape)
    np.add.at(carried, (rows, places), values)
    undefined = n.d(1) > 0
    if candidates is None:
        # Where the places are undefined, any column of the row may hold what another holds here.
        carried = np.where(undefined.any(axis=1, keepdims=True), np.inf, carried)
    else:
        largest = np.where(undefined, np.abs(n.x(2)) + values, 0.0).max(axis=1, keepdims=True)
        carried = np.maximum(carried, np.where(candidates & undefined.any(axis=1, keepdims=True), largest, 0.0))
    return carried
