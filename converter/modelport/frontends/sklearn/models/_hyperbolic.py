"""sinh, cosh and the inverse hyperbolic functions, built of exp and log1p, with the error that is claimed for the whole.

float32 rows are computed in double and rounded once. What no real number has gives NaN, as in numpy.
"""

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._functions import claim_monotone, expm1, log1p, signed
from modelport.ir.claims import Local

__all__ = ["arccosh", "arcsinh", "arctanh", "cosh", "sinh"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
# expm1 and log1p keep 8 ULP here, what is done to their argument or result adds 3, and numpy's own err by up to 4 (NEP 38).
_ULP = 16.0
# From here on exp(-x) is lost beside exp(x), and 1 beside x².
_FAR_EXP, _FAR_LOG = 22.0, 2.0**28


def _half_power(scope: Scope, size: ir.Value) -> ir.Value:
    """exp(x)/2 as (exp(x/2)/2)·exp(x/2), which does not overflow before the result does."""
    b = scope.builder
    half = b.constant(np.asarray(0.5))
    root = b.op("Exp", b.op("Mul", size, half))
    return b.op("Mul", b.op("Mul", root, half), root)


def sinh(scope: Scope, x: ir.Value) -> ir.Value:
    """(e + e/(e + 1))/2 with e = exp(|x|) - 1, and the sign of x."""
    b = scope.builder
    wide = b.cast(x, _DOUBLE)
    size = b.op("Abs", wide)
    far = b.op("Greater", size, b.constant(np.asarray(_FAR_EXP)), dtype=_BOOL)
    less = expm1(scope, b.op("Min", size, b.constant(np.asarray(_FAR_EXP))))
    share = b.op("Div", less, b.op("Add", less, b.constant(np.asarray(1.0))))
    near = b.op("Mul", b.op("Add", less, share), b.constant(np.asarray(0.5)))
    value = signed(scope, b.op("Where", far, _half_power(scope, size), near, dtype=_DOUBLE), wide)
    return claim_monotone(scope, b.cast(value, x.dtype or _DOUBLE), x, np.sinh, _ULP, "sinh")


def cosh(scope: Scope, x: ir.Value) -> ir.Value:
    """(exp(x) + exp(-x))/2."""
    b = scope.builder
    size = b.op("Abs", b.cast(x, _DOUBLE))
    far = b.op("Greater", size, b.constant(np.asarray(_FAR_EXP)), dtype=_BOOL)
    power = b.op("Exp", b.op("Min", size, b.constant(np.asarray(_FAR_EXP))))
    both = b.op("Add", power, b.op("Div", b.constant(np.asarray(1.0)), power))
    near = b.op("Mul", both, b.constant(np.asarray(0.5)))
    value = b.cast(b.op("Where", far, _half_power(scope, size), near, dtype=_DOUBLE), x.dtype or _DOUBLE)

    def rule(n: Local) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        r = n.result
        own = np.where(np.isfinite(r), _ULP * n.eps * r, 0.0)
        if not n.d().any():
            return own
        low, high = n.ends()
        # Least at 0, not at an end.
        inside = np.where((low < 0) & (high > 0), 1.0, np.cosh(low))
        return np.asarray(own + n.spread(np.cosh(low), np.cosh(high), inside))

    return scope.claim(value, [x], rule, f"{_ULP:g} ULP of cosh")


def arcsinh(scope: Scope, x: ir.Value) -> ir.Value:
    """log1p(|x| + x²/(1 + √(1 + x²))), log|x| + log 2 far out, and the sign of x."""
    b = scope.builder
    one = b.constant(np.asarray(1.0))
    wide = b.cast(x, _DOUBLE)
    size = b.op("Abs", wide)
    near = b.op("Min", size, b.constant(np.asarray(_FAR_LOG)))
    square = b.op("Mul", near, near)
    root = b.op("Sqrt", b.op("Add", one, square))
    inner = log1p(scope, b.op("Add", near, b.op("Div", square, b.op("Add", one, root))))
    value = signed(scope, _far(scope, size, inner), wide)
    return claim_monotone(scope, b.cast(value, x.dtype or _DOUBLE), x, np.arcsinh, _ULP, "arcsinh")


def arccosh(scope: Scope, x: ir.Value) -> ir.Value:
    """log1p(t + √(2t + t²)) with t = x - 1, log x + log 2 far out; NaN below 1."""
    b = scope.builder
    wide = b.cast(x, _DOUBLE)
    one = b.constant(np.asarray(1.0))
    t = b.op("Sub", b.op("Min", wide, b.constant(np.asarray(_FAR_LOG))), one)
    below = b.op("Less", t, b.constant(np.asarray(0.0)), dtype=_BOOL)
    t = b.op("Where", below, b.constant(np.asarray(np.nan)), t, dtype=_DOUBLE)
    root = b.op("Sqrt", b.op("Add", b.op("Add", t, t), b.op("Mul", t, t)))
    value = b.cast(_far(scope, wide, log1p(scope, b.op("Add", t, root))), x.dtype or _DOUBLE)
    return claim_monotone(scope, value, x, np.arccosh, _ULP, "arccosh")


def arctanh(scope: Scope, x: ir.Value) -> ir.Value:
    """log1p(2|x|/(1 - |x|))/2 and the sign of x; NaN beyond 1."""
    b = scope.builder
    wide = b.cast(x, _DOUBLE)
    size = b.op("Abs", wide)
    one = b.constant(np.asarray(1.0))
    size = b.op(
        "Where",
        b.op("Greater", size, one, dtype=_BOOL),
        b.constant(np.asarray(np.nan)),
        size,
        dtype=_DOUBLE,
    )
    inner = log1p(scope, b.op("Div", b.op("Add", size, size), b.op("Sub", one, size)))
    value = signed(scope, b.op("Mul", inner, b.constant(np.asarray(0.5))), wide)
    return claim_monotone(scope, b.cast(value, x.dtype or _DOUBLE), x, np.arctanh, _ULP, "arctanh")


def _far(scope: Scope, size: ir.Value, near: ir.Value) -> ir.Value:
    b = scope.builder
    beyond = b.op("Greater", size, b.constant(np.asarray(_FAR_LOG)), dtype=_BOOL)
    far = b.op("Add", b.op("Log", size), b.constant(np.asarray(np.log(2.0))))
    return b.op("Where", beyond, far, near, dtype=_DOUBLE)
