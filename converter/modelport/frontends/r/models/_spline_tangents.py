"""P-splines and B-splines of mgcv: between the outer knots by the recursion, beyond them along the tangent."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, where
from modelport.frontends.r.models._regression_splines import b_spline
from modelport.frontends.r.models._smooth_parts import Block, Context, given, terms_of, times
from modelport.frontends.r.serialize import RObject, as_array, integer, matrix

__all__ = ["with_tangents"]

Array = npt.NDArray[np.float64]


def with_tangents(c: Context, smooth: RObject, order: int) -> Block:
    """The basis of a smooth with B-splines of this order, and its B where they are monotone."""
    knots = as_array(smooth["knots"])
    b = c.scope.builder
    x = c.number(terms_of(smooth)[0])
    low, high = float(knots[order - 1]), float(knots[len(knots) - order])
    below = b.op("Less", x, constant(c.scope, low), dtype=ir.DataType.BOOL)
    above = b.op("Greater", x, constant(c.scope, high), dtype=ir.DataType.BOOL)
    middle = constant(c.scope, low / 2 + high / 2)
    outside = b.op("Or", below, above)
    value = b_spline(c.scope, where(c.scope, outside, middle, x), knots, order)
    for end, beyond in ((low, below), (high, above)):
        at, slope = _at_end(knots, order, end)
        distance = b.op("Sub", x, constant(c.scope, end))
        line = b.op("Add", constant(c.scope, at[None, :]), b.op("Mul", distance, constant(c.scope, slope[None, :])))
        value = where(c.scope, beyond, line, value)
    block = Block(value, len(knots) - order)
    if given(smooth, "mono") and integer(smooth["mono"]) != 0 and given(smooth, "B"):
        block = times(c, block, matrix(smooth["B"]).values)
    return block


def _at_end(knots: Array, order: int, x: float) -> tuple[Array, Array]:
    """The B-splines and their slopes at one point, in extended precision."""

    def values(k: int) -> npt.NDArray[np.longdouble]:
        t = knots.astype(np.longdouble)
        last = len(t) - order
        place = int(np.searchsorted(t[order:last], x, side="right")) + order - 1
        found = np.zeros(len(t) - 1, dtype=np.longdouble)
        found[place] = 1
        for size in range(2, k + 1):
            grown = np.zeros(len(t) - size, dtype=np.longdouble)
            for i in range(len(grown)):
                if t[i + size - 1] > t[i]:
                    grown[i] += (x - t[i]) / (t[i + size - 1] - t[i]) * found[i]
                if t[i + size] > t[i + 1]:
                    grown[i] += (t[i + size] - x) / (t[i + size] - t[i + 1]) * found[i + 1]
            found = grown
        return found

    t = knots.astype(np.longdouble)
    lower = values(order - 1)
    slope = np.zeros(len(t) - order, dtype=np.longdouble)
    for i in range(len(slope)):
        if t[i + order - 1] > t[i]:
            slope[i] += (order - 1) * lower[i] / (t[i + order - 1] - t[i])
        if t[i + order] > t[i + 1]:
            slope[i] -= (order - 1) * lower[i + 1] / (t[i + order] - t[i + 1])
    return np.asarray(values(order), dtype=np.float64), np.asarray(slope, dtype=np.float64)
