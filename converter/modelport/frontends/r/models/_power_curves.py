"""The curves that R packages straighten a skewed column with: Box-Cox, Yeo-Johnson, Manly, and others; NaN stays NaN."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._scope import Scope

__all__ = [
    "box_cox",
    "constant",
    "inverse_hyperbolic_sine",
    "manly",
    "power_less_one",
    "raised",
    "spatial_sign",
    "yeo_johnson",
]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def constant(scope: Scope, value: float) -> ir.Value:
    """A float64 scalar."""
    return scope.builder.constant(np.asarray(value, dtype=np.float64))


def raised(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """x^exponent as R does it: a square is a product, the rest is the C library's pow, but of -Inf by R's own rule."""
    b = scope.builder
    if exponent == 1.0:
        return x
    if exponent == 2.0:
        return b.op("Mul", x, x)
    value = b.op("Pow", x, constant(scope, exponent))
    if exponent.is_integer():
        return value
    lowest = b.op("Equal", x, constant(scope, -np.inf), dtype=_BOOL)
    return b.op("Where", lowest, constant(scope, np.nan), value, dtype=_DOUBLE)


def power_less_one(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """(x^exponent - 1) / exponent."""
    b = scope.builder
    less = b.op("Sub", raised(scope, x, exponent), constant(scope, 1.0))
    return b.op("Div", less, constant(scope, exponent))


def box_cox(scope: Scope, x: ir.Value, exponent: float, near_zero: float, near_one: float | None = None) -> ir.Value:
    """The logarithm for exponents nearer to 0 than ``near_zero``, x itself nearer to 1 than ``near_one``."""
    if abs(exponent) < near_zero:
        return scope.builder.op("Log", x)
    if near_one is not None and 1 - near_one < exponent < 1 + near_one:
        return x
    return power_less_one(scope, x, exponent)


def yeo_johnson(scope: Scope, x: ir.Value, exponent: float, eps: float = 0.001) -> ir.Value:
    """Two curves that meet at 0, as recipes writes them."""
    b = scope.builder
    one = constant(scope, 1.0)
    above = b.op("Add", x, one)
    # Each side is asked only where it counts: beyond -1 the other has no value.
    negative = b.op("Less", x, constant(scope, 0.0), dtype=_BOOL)
    above = b.op("Where", negative, one, above, dtype=_DOUBLE)
    below = b.op("Where", negative, b.op("Add", b.op("Neg", x), one), one, dtype=_DOUBLE)
    right = b.op("Log", above) if abs(exponent) < eps else power_less_one(scope, above, exponent)
    if abs(exponent - 2) < eps:
        left = b.op("Neg", b.op("Log", below))
    else:
        left = b.op("Neg", power_less_one(scope, below, 2 - exponent))
    return b.op("Where", negative, left, right, dtype=_DOUBLE)


def manly(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """(exp(exponent·x) - 1) / exponent, x itself for 0."""
    if exponent == 0:
        return x
    b = scope.builder
    grown = b.op("Exp", b.op("Mul", constant(scope, exponent), x))
    return b.op("Div", b.op("Sub", grown, constant(scope, 1.0)), constant(scope, exponent))


def inverse_hyperbolic_sine(scope: Scope, x: ir.Value) -> ir.Value:
    """log(x + sqrt(x² + 1)), as caret writes it."""
    b = scope.builder
    root = b.op("Sqrt", b.op("Add", b.op("Mul", x, x), constant(scope, 1.0)))
    return b.op("Log", b.op("Add", x, root))


def spatial_sign(scope: Scope, rows: ir.Value) -> ir.Value:
    """[N, K] -> [N, K]: each row over its length, which NaN does not count in; 0 where the length is no more than an eps."""
    b = scope.builder
    zero = constant(scope, 0.0)
    squares = b.op("Mul", rows, rows)
    counted = b.op("Where", b.op("IsNaN", squares, dtype=_BOOL), zero, squares, dtype=_DOUBLE)
    total = b.op("ReduceSum", counted, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    length = b.op("Sqrt", total)
    long = b.op("Greater", length, constant(scope, float(np.finfo(np.float64).eps)), dtype=_BOOL)
    return b.op("Where", long, b.op("Div", rows, length), b.op("Mul", rows, zero), dtype=_DOUBLE)
