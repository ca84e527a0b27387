"""arcsin and erf, which ONNX Runtime has no double kernel for: series of their own, with the error that is claimed."""

import math

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._functions import claim_monotone, horner

__all__ = ["arcsin", "erf"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE

# Both are summed by Horner's rule from positive terms, each addition and product half an ULP of a value that is no
# greater than the sum: below 4 ULP where the argument is taken as it is, three times that where it is folded. The
# sources' libm states 1 ULP.
_ULP = 16.0


def arcsin(scope: Scope, x: ir.Value) -> ir.Value:
    """arcsin of 0 <= x <= 1: x·Σ cₙ·x²ⁿ up to a half, above it π/2 - 2·arcsin(√((1 - x)/2))."""
    b = scope.builder
    half, one, two = (b.constant(np.asarray(number)) for number in (0.5, 1.0, 2.0))
    above = b.op("Greater", x, half, dtype=_BOOL)
    folded = b.op("Sqrt", b.op("Div", b.op("Sub", one, x), two))
    s = b.op("Where", above, folded, x, dtype=_DOUBLE)
    # (2n)! / (4ⁿ n!² (2n + 1)); x² <= 1/4, so 27 terms leave less than 1e-18.
    series = [math.comb(2 * n, n) / 4**n / (2 * n + 1) for n in range(28)]
    inner = b.op("Mul", s, horner(scope, b.op("Mul", s, s), series))
    turned = b.op("Sub", b.constant(np.asarray(math.pi / 2)), b.op("Mul", two, inner))
    return claim_monotone(scope, b.op("Where", above, turned, inner, dtype=_DOUBLE), x, np.arcsin, _ULP, "arcsin")


def erf(scope: Scope, x: ir.Value) -> ir.Value:
    """The error function, float64.

    Up to 2, x·exp(-x²)·2/√π·Σ (2x²)ⁿ/(2n + 1)!!; beyond, 1 less Laplace's continued fraction, which is below 0.005.
    """
    from scipy import special

    b = scope.builder
    zero, one, two = (b.constant(np.asarray(number)) for number in (0.0, 1.0, 2.0))
    size = b.op("Abs", x)
    near = b.op("Min", size, two)
    square = b.op("Mul", near, near)
    series, term = [], 1.0
    for n in range(60):
        series.append(term)
        term *= 2.0 / (2 * n + 3)
    scale = b.constant(np.asarray(2 / math.sqrt(math.pi)))
    small = b.op(
        "Mul", b.op("Mul", near, scale), b.op("Mul", b.op("Exp", b.op("Neg", square)), horner(scope, square, series))
    )
    far = b.op("Max", size, two)
    fraction = far
    for n in range(60, 0, -1):
        fraction = b.op("Add", far, b.op("Div", b.constant(np.asarray(n / 2)), fraction))
    tail = b.op(
        "Div",
        b.op("Exp", b.op("Neg", b.op("Mul", far, far))),
        b.op("Mul", fraction, b.constant(np.asarray(math.sqrt(math.pi)))),
    )
    large = b.op("Sub", one, tail)
    magnitude = b.op("Where", b.op("Greater", size, two, dtype=_BOOL), large, small, dtype=_DOUBLE)
    negative = b.op("Less", x, zero, dtype=_BOOL)
    value = b.op("Where", negative, b.op("Neg", magnitude), magnitude, dtype=_DOUBLE)
    return claim_monotone(scope, value, x, special.erf, _ULP, "erf")
