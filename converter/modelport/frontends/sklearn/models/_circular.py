"""arctan, arctan2, arcsin and arccos of all numbers, and hypot: series of their own, with the error that is claimed.

float32 rows are computed in double and rounded once.
"""

import math

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._functions import claim_monotone, horner, signed
from modelport.frontends.sklearn.models._special import arcsin as _arcsin_above_0
from modelport.ir.claims import Local

__all__ = ["arccos", "arcsin", "arctan", "arctan2", "hypot", "is_negative"]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
# A halving of the angle rounds 2 ULP, the series 2, what it is taken from 1; numpy's own err by up to 4 (NEP 38).
_ULP = 16.0
_HYPOT_ULP = 8.0
_TINY = float(np.finfo(np.float64).tiny)


def _arctan_up_to_1(scope: Scope, x: ir.Value) -> ir.Value:
    """arctan of 0 <= x <= 1: twice half the angle two times, then Σ (-1)ⁿ x²ⁿ⁺¹/(2n + 1) up to tan(π/16)."""
    b = scope.builder
    one, whole = b.constant(np.asarray(1.0)), x
    for _ in range(2):
        x = b.op("Div", x, b.op("Add", one, b.op("Sqrt", b.op("Add", one, b.op("Mul", x, x)))))
    # 0.199² = 0.0396: 14 terms leave less than 1e-20.
    series = horner(scope, b.op("Mul", x, x), [(-1) ** n / (2 * n + 1) for n in range(14)])
    value = b.op("Mul", b.op("Mul", x, b.constant(np.asarray(4.0))), series)
    # x³/3 is lost beside x here, and no number is so small that its half is none.
    small = b.op("Less", whole, b.constant(np.asarray(1e-8)), dtype=_BOOL)
    return b.op("Where", small, whole, value, dtype=_DOUBLE)


def arctan(scope: Scope, x: ir.Value) -> ir.Value:
    """arctan |x|, or π/2 - arctan 1/|x| above 1, and the sign of x."""
    b = scope.builder
    one = b.constant(np.asarray(1.0))
    wide = b.cast(x, _DOUBLE)
    size = b.op("Abs", wide)
    above = b.op("Greater", size, one, dtype=_BOOL)
    turned = b.op("Where", above, b.op("Div", one, size), size, dtype=_DOUBLE)
    angle = _arctan_up_to_1(scope, turned)
    value = b.op("Where", above, b.op("Sub", b.constant(np.asarray(math.pi / 2)), angle), angle, dtype=_DOUBLE)
    return claim_monotone(scope, b.cast(signed(scope, value, wide), x.dtype or _DOUBLE), x, np.arctan, _ULP, "arctan")


def arcsin(scope: Scope, x: ir.Value) -> ir.Value:
    """arcsin |x| and the sign of x; NaN beyond 1."""
    b = scope.builder
    wide = b.cast(x, _DOUBLE)
    value = signed(scope, _arcsin_above_0(scope, b.op("Abs", wide)), wide)
    return claim_monotone(scope, b.cast(value, x.dtype or _DOUBLE), x, np.arcsin, _ULP, "arcsin")


def arccos(scope: Scope, x: ir.Value) -> ir.Value:
    """2·arcsin √((1 - |x|)/2) beyond a half, of negative numbers π less it; π/2 - arcsin x between."""
    b = scope.builder
    wide = b.cast(x, _DOUBLE)
    size = b.op("Abs", wide)
    half, one, two, pi = (b.constant(np.asarray(number)) for number in (0.5, 1.0, 2.0, math.pi))
    outer = b.op("Greater", size, half, dtype=_BOOL)
    folded = b.op("Sqrt", b.op("Div", b.op("Sub", one, size), two))
    small = _arcsin_above_0(scope, b.op("Where", outer, folded, size, dtype=_DOUBLE))
    twice = b.op("Mul", two, small)
    negative = b.op("Less", wide, b.constant(np.asarray(0.0)), dtype=_BOOL)
    beyond = b.op("Where", negative, b.op("Sub", pi, twice), twice, dtype=_DOUBLE)
    between = b.op("Sub", b.constant(np.asarray(math.pi / 2)), signed(scope, small, wide))
    value = b.cast(b.op("Where", outer, beyond, between, dtype=_DOUBLE), x.dtype or _DOUBLE)
    return claim_monotone(scope, value, x, np.arccos, _ULP, "arccos")


def is_negative(scope: Scope, x: ir.Value) -> ir.Value:
    """Whether the sign of a number is set: of -0.0 it is."""
    b = scope.builder
    zero = b.constant(np.asarray(0.0), x.dtype)
    below = b.op("Less", x, zero, dtype=_BOOL)
    none = b.op("Equal", x, zero, dtype=_BOOL)
    under = b.op("Less", b.op("Div", b.constant(np.asarray(1.0), x.dtype), x), zero, dtype=_BOOL)
    return b.op("Or", below, b.op("And", none, under))


def _ordered(scope: Scope, left: ir.Value, right: ir.Value) -> tuple[ir.Value, ir.Value, ir.Value]:
    """The larger size of two, the smaller over the larger (0/0 is 0, ∞/∞ is 1), and whether the first is the larger."""
    b = scope.builder
    first, second = (b.op("Abs", value) for value in (left, right))
    above = b.op("Greater", first, second, dtype=_BOOL)
    high = b.op("Where", above, first, second, dtype=_DOUBLE)
    low = b.op("Where", above, second, first, dtype=_DOUBLE)
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    none = b.op("Equal", high, zero, dtype=_BOOL)
    both = b.op("And", *(b.op("IsInf", side, dtype=_BOOL) for side in (low, high)))
    share = b.op("Div", low, b.op("Where", none, one, high, dtype=_DOUBLE))
    return high, b.op("Where", both, one, share, dtype=_DOUBLE), above


def arctan2(scope: Scope, y: ir.Value, x: ir.Value) -> ir.Value:
    """The angle of (x, y), from the arctan of the smaller over the larger; the signs, of zeros too, say which quadrant."""
    b = scope.builder
    up, along = b.cast(y, _DOUBLE), b.cast(x, _DOUBLE)
    _, share, steep = _ordered(scope, up, along)
    angle = _arctan_up_to_1(scope, share)
    angle = b.op("Where", steep, b.op("Sub", b.constant(np.asarray(math.pi / 2)), angle), angle, dtype=_DOUBLE)
    behind = b.op("Sub", b.constant(np.asarray(math.pi)), angle)
    angle = b.op("Where", is_negative(scope, along), behind, angle, dtype=_DOUBLE)
    value = b.op("Where", is_negative(scope, up), b.op("Neg", angle), angle, dtype=_DOUBLE)

    def rule(n: Local) -> Array:
        own = np.where(np.isfinite(n.result), _ULP * n.eps * np.abs(n.result) + _TINY, 0.0)
        if not (n.d(0).any() or n.d(1).any()):
            return own
        (y_low, y_high), (x_low, x_high) = n.ends(0), n.ends(1)
        spread = n.spread(*(np.arctan2(a, b) for a in (y_low, y_high) for b in (x_low, x_high)))
        # Round the origin, or from one side of the negative axis to the other, any angle is within reach.
        turns = (y_low <= 0) & (y_high >= 0) & (x_low <= 0) & (n.d(0) + n.d(1) > 0)
        return np.asarray(np.where(turns, 2 * math.pi, own + spread))

    return scope.claim(b.cast(value, y.dtype or _DOUBLE), [y, x], rule, f"{_ULP:g} ULP of arctan2")


def hypot(scope: Scope, left: ir.Value, right: ir.Value) -> ir.Value:
    """The larger size times √(1 + share²); infinite where either is, whatever the other."""
    b = scope.builder
    sides = [b.cast(value, _DOUBLE) for value in (left, right)]
    high, share, _ = _ordered(scope, *sides)
    root = b.op("Sqrt", b.op("Add", b.constant(np.asarray(1.0)), b.op("Mul", share, share)))
    infinite = b.op("Or", *(b.op("IsInf", value, dtype=_BOOL) for value in sides))
    value = b.op("Where", infinite, b.constant(np.asarray(np.inf)), b.op("Mul", high, root), dtype=_DOUBLE)
    value = b.cast(value, left.dtype or _DOUBLE)

    def rule(n: Local) -> Array:
        r = n.result
        own = np.where(np.isfinite(r), _HYPOT_ULP * n.eps * r + _TINY * (r != 0), 0.0)
        # A side that grows by d lengthens it by no more.
        return np.asarray(own + n.d(0) + n.d(1))

    return scope.claim(value, [left, right], rule, f"{_HYPOT_ULP:g} ULP of hypot")
