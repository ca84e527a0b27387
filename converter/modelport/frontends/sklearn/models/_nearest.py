"""The mean of the nearest rows' values, and what it may be where the last of the nearest ties with the next."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local

__all__ = ["nearest_mean"]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def nearest_mean(scope: Scope, distances: ir.Value, values: Any, count: int, weights: str | None) -> ir.Value:
    """Shapes: distances [N, M] with infinity for rows that do not count, values [M] -> [N, 1].

    Numerics: as numpy.ma.average, k eps Σ for either sum. Where rows tie for the last place the source takes some of
    them: the result may be any mean of such a choice.
    """
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    nearest, index = b.top_k(distances, count)
    own = b.op("Gather", b.constant(np.asarray(values)), index, axis=0)
    dtype = own.dtype or _DOUBLE
    out = b.op("IsInf", nearest, dtype=_BOOL)
    zero, one = b.constant(np.asarray(0.0), nearest.dtype), b.constant(np.asarray(1.0), nearest.dtype)
    if weights == "distance":
        near = b.op("Equal", nearest, zero, dtype=_BOOL)
        any_near = b.op(
            "Greater", b.op("ReduceMax", b.cast(near, _DOUBLE), axis, keepdims=1), b.constant(0.5), dtype=_BOOL
        )
        # A row at distance 0 counts alone.
        weight = b.op(
            "Where", any_near, b.cast(near, nearest.dtype or _DOUBLE), b.op("Div", one, nearest), dtype=nearest.dtype
        )
    else:
        weight = b.op("Where", out, zero, one, dtype=nearest.dtype)
    wide = ir.DataType.FLOAT if {dtype, weight.dtype} == {ir.DataType.FLOAT} else _DOUBLE
    weight, own = b.cast(weight, wide), b.cast(own, wide)
    top = b.op("ReduceSum", b.op("Mul", own, weight), axis, keepdims=1)
    mean = b.op("Div", top, b.op("ReduceSum", weight, axis, keepdims=1))
    return scope.claim(
        b.op("Identity", mean),
        [mean, distances],
        lambda n: _reach(n, np.asarray(values, dtype=np.float64), count, weights),
        "any choice among rows that tie for the last place",
    )


def _reach(n: Local, values: Array, count: int, weights: str | None) -> Array:
    """How far another choice of equally near rows could move the mean."""
    deviation = np.where(np.isnan(n.result), 0.0, n.d(0)).reshape(-1)
    distances, d = n.x(1), n.d(1)
    for row in np.flatnonzero(np.isinf(deviation)):
        usable = np.flatnonzero(np.isfinite(distances[row]))
        low, high = (distances[row] - d[row])[usable], (distances[row] + d[row])[usable]
        own = values[usable]
        k = min(count, len(usable))
        if k == 0:
            deviation[row] = 0.0
            continue
        # Certain: fewer than k rows can be nearer. Possible: fewer than k rows must be nearer.
        certain = (low[None, :] <= high[:, None]).sum(axis=1) <= k
        possible = (high[None, :] < low[:, None]).sum(axis=1) < k
        result = float(n.result.reshape(-1)[row])
        if weights == "distance":
            # A weighted mean lies among the values.
            ends = (own[possible].min(), own[possible].max())
        else:
            fixed, open_ = own[certain], np.sort(own[possible & ~certain])
            free = k - len(fixed)
            if free > len(open_):
                continue
            ends = tuple((fixed.sum() + part.sum()) / k for part in (open_[:free], open_[len(open_) - free :]))
        size = float(np.abs(own[possible]).max())
        deviation[row] = max(abs(end - result) for end in ends) + 2 * k * n.eps * size
    return deviation.reshape(n.result.shape)
