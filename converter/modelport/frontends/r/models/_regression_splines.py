"""Bases of mgcv's splines in one variable: cubic regression splines by their knots, P- and B-splines, cyclic ones."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.splines import b_splines
from modelport.ir.claims import Local

__all__ = ["b_spline", "cubic", "cyclic", "interval_of", "wrapped"]

Array = npt.NDArray[np.float64]
_BOOL, _INT64 = ir.DataType.BOOL, ir.DataType.INT64


def interval_of(scope: Scope, x: ir.Value, inner: Array, op: str) -> ir.Value:
    """int64 [N]: how many inner knots x [N, 1] lies beyond ('Greater' or 'GreaterOrEqual')."""
    b = scope.builder
    if not len(inner):
        flat = b.op("Reshape", x, b.constant(np.array([-1], dtype=np.int64)))
        return b.cast(b.op("Mul", b.cast(is_nan(scope, flat), ir.DataType.DOUBLE), constant(scope, 0.0)), _INT64)
    passed = b.cast(b.op(op, x, constant(scope, inner[None, :]), dtype=_BOOL), _INT64)
    return b.op("ReduceSum", passed, b.constant(np.array([1], dtype=np.int64)), keepdims=0)


def _looked_up(scope: Scope, table: Array, place: ir.Value) -> ir.Value:
    rows = table[:, None] if table.ndim == 1 else table
    return scope.builder.op("Gather", constant(scope, rows), place, axis=0)


def cubic(scope: Scope, x: ir.Value, knots: Array, second: Array) -> ir.Value:
    """[N, K]: a natural cubic spline by its values at K knots; ``second`` [K, K] maps them to second derivatives.

    Numerics: as mgcv's crspl, operation by operation, and straight on beyond the knots.
    """
    b = scope.builder
    count = len(knots)
    place = interval_of(scope, x, knots[1:-1], "Greater")
    h = _looked_up(scope, np.diff(knots), place)
    left = b.op("Sub", x, _looked_up(scope, knots[:-1], place))
    right = b.op("Sub", _looked_up(scope, knots[1:], place), x)
    six = constant(scope, 6.0)

    def bend(a: ir.Value) -> ir.Value:
        inner = b.op("Sub", b.op("Div", b.op("Mul", a, a), h), h)
        return b.op("Div", b.op("Mul", a, inner), six)

    low = b.op("Less", x, constant(scope, knots[0]), dtype=_BOOL)
    high = b.op("Greater", x, constant(scope, knots[-1]), dtype=_BOOL)
    three = constant(scope, 3.0)
    # Beyond the first knot left < 0 is the distance, beyond the last one right < 0 is its opposite.
    far = b.op("Neg", right)
    below = b.op("Neg", b.op("Mul", left, h))
    above = b.op("Mul", far, h)
    c_left = where(scope, low, b.op("Div", below, three), where(scope, high, b.op("Div", above, six), bend(right)))
    c_right = where(scope, low, b.op("Div", below, six), where(scope, high, b.op("Div", above, three), bend(left)))
    one = constant(scope, 1.0)
    a_left = where(
        scope,
        low,
        b.op("Sub", one, b.op("Div", left, h)),
        where(scope, high, b.op("Neg", b.op("Div", far, h)), b.op("Div", right, h)),
    )
    a_right = where(
        scope,
        low,
        b.op("Div", left, h),
        where(scope, high, b.op("Add", one, b.op("Div", far, h)), b.op("Div", left, h)),
    )
    curved = b.op(
        "Add",
        b.op("Mul", c_left, _looked_up(scope, second[:-1], place)),
        b.op("Mul", c_right, _looked_up(scope, second[1:], place)),
    )
    unit = np.eye(count)
    straight = b.op("Mul", a_left, _looked_up(scope, unit[:-1], place))
    curved = b.op("Add", curved, straight)
    return b.op("Add", curved, b.op("Mul", a_right, _looked_up(scope, unit[1:], place)))


def wrapped(scope: Scope, x: ir.Value, low: float, high: float) -> ir.Value:
    """mgcv's cwrap: x moved by whole periods into [low, high].

    Numerics: what is left is exact here; R 4.2 (arithmetic.c, myfmod) takes the whole periods off in long double, whose
    product of their number and the period keeps 64 bits, so far away it lies off by a part of x.
    """
    b = scope.builder
    span = constant(scope, high - low)
    above = b.op("Greater", x, constant(scope, high), dtype=_BOOL)
    below = b.op("Less", x, constant(scope, low), dtype=_BOOL)

    def left_of(distance: ir.Value) -> ir.Value:
        rest = b.op("Mod", distance, span, fmod=1)

        def rule(n: Local) -> Array:
            far = np.abs(n.x()) + n.d()
            return np.where(np.isfinite(far), far * 2.0**-63 + n.d() + n.eps * np.abs(n.result), 0.0)

        return scope.claim(rest, [distance], rule, "whole periods taken off in long double")

    moved_up = b.op("Add", constant(scope, low), left_of(b.op("Sub", x, constant(scope, high))))
    moved_down = b.op("Sub", constant(scope, high), left_of(b.op("Sub", constant(scope, low), x)))
    return where(scope, above, moved_up, where(scope, below, moved_down, x))


def cyclic(scope: Scope, x: ir.Value, knots: Array, bends: Array) -> ir.Value:
    """[N, K - 1]: a cyclic cubic spline; ``bends`` [K - 1, K - 1] maps values to second derivatives (BD)."""
    b = scope.builder
    count = len(knots)
    x = wrapped(scope, x, float(knots[0]), float(knots[-1]))
    # j counts from the left: x <= knots[i] for the smallest i; the first interval holds its own left end.
    place = interval_of(scope, x, knots[1:-1], "Greater")
    h = _looked_up(scope, np.diff(knots), place)
    right = b.op("Sub", _looked_up(scope, knots[1:], place), x)
    left = b.op("Sub", x, _looked_up(scope, knots[:-1], place))
    after = np.array([*range(1, count - 1), 0])
    unit = np.eye(count - 1)
    six_h = b.op("Mul", constant(scope, 6.0), h)
    six = constant(scope, 6.0)

    def cube(a: ir.Value) -> ir.Value:
        return b.op("Pow", a, constant(scope, 3.0))

    bend_left, bend_right = _looked_up(scope, bends, place), _looked_up(scope, bends[after], place)
    total = b.op("Div", b.op("Mul", bend_left, cube(right)), six_h)
    total = b.op("Add", total, b.op("Div", b.op("Mul", bend_right, cube(left)), six_h))
    total = b.op("Sub", total, b.op("Mul", bend_left, b.op("Div", b.op("Mul", h, right), six)))
    total = b.op("Sub", total, b.op("Mul", bend_right, b.op("Div", b.op("Mul", h, left), six)))
    total = b.op("Add", total, b.op("Mul", _looked_up(scope, unit, place), b.op("Div", right, h)))
    return b.op("Add", total, b.op("Mul", _looked_up(scope, unit[after], place), b.op("Div", left, h)))


def b_spline(scope: Scope, x: ir.Value, knots: Array, order: int) -> ir.Value:
    """[N, len(knots) - order]: the B-splines at x between knots[order - 1] and knots[-order], by the recursion of splineDesign."""
    b = scope.builder
    width = len(knots) - order
    # The interval of x among those that have all their splines; the last one holds its right end.
    place = interval_of(scope, x, knots[order:width], "GreaterOrEqual")
    starts = np.arange(order - 1, width)
    rights = [b.op("Sub", _looked_up(scope, knots[starts + 1 + i], place), x) for i in range(order - 1)]
    lefts = [b.op("Sub", x, _looked_up(scope, knots[starts - i], place)) for i in range(order - 1)]
    return b_splines(scope, x, rights, lefts, place, width)
