"""Linear interpolation between knots, as numpy.interp and scipy's interp1d do it for sklearn.isotonic."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import column
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local

__all__ = ["interpolated"]

_BOOL = ir.DataType.BOOL


def interpolated(scope: Scope, x: ir.Value, knots: Any, values: Any, outside: str) -> ir.Value:
    """[N] -> [N], in the type of the knots; ``outside``: 'clip', 'nan', or 'raise', where the source refuses the row.

    Numerics: y0 + slope·(x - x0) in the source's order, so exact; of a deviating x, the spread of the curve, which is
    monotone.
    """
    b = scope.builder
    places, heights = np.asarray(knots), np.asarray(values)
    dtype = ir.DataType.FLOAT if places.dtype == np.float32 else ir.DataType.DOUBLE
    given = b.cast(x, dtype)
    inside = given
    for op, border in (("Less", places[0]), ("Greater", places[-1])):
        limit = b.constant(border, dtype)
        inside = b.op("Where", b.op(op, inside, limit, dtype=_BOOL), limit, inside, dtype=dtype)
    if len(places) == 1:
        constant = b.constant(heights[:1], dtype)
        value = b.op("Where", b.op("Equal", inside, inside, dtype=_BOOL), constant, constant, dtype=dtype)
    else:
        value = _between(scope, inside, places, heights, dtype)
        if outside != "clip":
            kept = b.op("Equal", inside, given, dtype=_BOOL)
            value = b.op("Where", kept, value, b.constant(np.asarray(np.nan), dtype), dtype=dtype)

    def rule(n: Local) -> npt.NDArray[np.float64]:
        if not n.d().any():
            return np.zeros(n.result.shape)
        low, high = n.ends()
        if outside != "clip" and len(places) > 1:
            crossing = ((low < places[0]) & (high >= places[0])) | ((low <= places[-1]) & (high > places[-1]))
        else:
            crossing = np.zeros(low.shape, dtype=np.bool_)
        ends = [np.interp(end, places.astype(np.float64), heights.astype(np.float64)) for end in (low, high)]
        moved = n.spread(*ends) + 4 * n.eps * np.abs(n.result)
        return np.where(crossing, np.inf, np.where(np.isnan(n.result), 0.0, moved))

    return scope.claim(value, [given], rule, "the spread of the isotonic curve")


def _between(scope: Scope, x: ir.Value, knots: Any, heights: Any, dtype: ir.DataType) -> ir.Value:
    b = scope.builder
    single = dtype == ir.DataType.FLOAT
    last = len(knots) - 2
    # numpy: the last knot that is not above x; scipy's float32 path: the last one below x.
    passed = b.op("Greater" if single else "GreaterOrEqual", column(scope, x), b.constant(knots, dtype), dtype=_BOOL)
    count = b.op("ReduceSum", b.cast(passed, ir.DataType.INT64), b.constant(np.array([1])), keepdims=0)
    at = b.op("Sub", count, b.constant(np.array(1)))
    at = b.op("Min", b.op("Max", at, b.constant(np.array(0))), b.constant(np.array(last)))
    slopes = np.diff(heights) / np.diff(knots)
    slope, start, height = (b.op("Gather", b.constant(v, dtype), at, axis=0) for v in (slopes, knots, heights))
    value = b.op("Add", b.op("Mul", slope, b.op("Sub", x, start)), height)
    # numpy takes the height of the last knot itself; scipy interpolates up to it.
    if single:
        return value
    top = b.op("GreaterOrEqual", x, b.constant(knots[-1], dtype), dtype=_BOOL)
    return b.op("Where", top, b.constant(heights[-1], dtype), value, dtype=dtype)
