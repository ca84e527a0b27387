"""Functions that ONNX Runtime has no double kernel for, built of those it has, with the error that is claimed for the whole.

float32 rows are computed in double and rounded once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local

__all__ = ["claim_monotone", "expm1", "horner", "log", "log1p", "log_to_base", "logit", "signed"]

Array = npt.NDArray[np.float64]

_BOOL = ir.DataType.BOOL
# Both formulas keep 5 eps where log and exp are correctly rounded (Goldberg, What every computer scientist should know
# about floating-point arithmetic, theorem 4, for log1p; Kahan's for expm1); Eigen's log and exp add 2 each, numpy's
# own log1p and expm1 err by up to 4 more (NEP 38).
_ULP = 12.0


def claim_monotone(
    scope: Scope, value: ir.Value, x: ir.Value, function: Callable[[Array], Array], ulp: float, name: str
) -> ir.Value:
    """Claims that ``value`` is an increasing or decreasing function of ``x`` within ``ulp`` units in the last place."""

    def rule(n: Local) -> Array:
        r = n.result
        own = np.where(np.isfinite(r), ulp * n.eps * np.abs(r) + float(np.finfo(np.float64).tiny) * (r != 0), 0.0)
        if not n.d().any():
            return own
        low, high = n.ends()
        return np.asarray(own + n.spread(function(low), function(high)))

    return scope.claim(value, [x], rule, f"{ulp:g} ULP of {name}")


def log(scope: Scope, x: ir.Value) -> ir.Value:
    """The natural logarithm; of float32 in double, as both numpy's and onnxruntime's float32 loops err by 3 ULP near 1."""
    b = scope.builder
    if x.dtype != ir.DataType.FLOAT:
        return b.op("Log", x)
    value = b.cast(b.op("Log", b.cast(x, ir.DataType.DOUBLE)), ir.DataType.FLOAT)
    return claim_monotone(scope, value, x, np.log, 5.0, "log")


def log1p(scope: Scope, x: ir.Value) -> ir.Value:
    """log(1 + x): with u = 1 + x rounded, log(u)·x/(u - 1), which takes back what the rounding lost; x where u is 1."""
    b = scope.builder
    wide = b.cast(x, ir.DataType.DOUBLE)
    one = b.constant(np.asarray(1.0))
    u = b.op("Add", wide, one)
    lost = b.op("Sub", u, one)
    value = b.op("Mul", b.op("Log", u), b.op("Div", wide, lost))
    value = b.op("Where", b.op("Equal", lost, b.constant(np.asarray(0.0)), dtype=_BOOL), wide, value, dtype=wide.dtype)
    value = b.op("Where", b.op("IsInf", u, dtype=_BOOL), b.op("Log", u), value, dtype=wide.dtype)
    return claim_monotone(scope, _back(scope, value, x), x, np.log1p, _ULP, "log1p")


def expm1(scope: Scope, x: ir.Value) -> ir.Value:
    """exp(x) - 1: with u = exp(x) rounded, (u - 1)·x/log(u); x where u is 1, -1 where u vanishes beside 1."""
    b = scope.builder
    wide = b.cast(x, ir.DataType.DOUBLE)
    one = b.constant(np.asarray(1.0))
    u = b.op("Exp", wide)
    less = b.op("Sub", u, one)
    value = b.op("Mul", less, b.op("Div", wide, b.op("Log", u)))
    value = b.op("Where", b.op("Equal", u, one, dtype=_BOOL), wide, value, dtype=wide.dtype)
    plain = b.op("Or", b.op("Equal", less, b.constant(np.asarray(-1.0)), dtype=_BOOL), b.op("IsInf", u, dtype=_BOOL))
    value = b.op("Where", plain, less, value, dtype=wide.dtype)
    return claim_monotone(scope, _back(scope, value, x), x, np.expm1, _ULP, "expm1")


def log_to_base(scope: Scope, x: ir.Value, base: float, function: Any) -> ir.Value:
    """log(x)/log(base), for log2 and log10: one division after the logarithm, which keeps its relative error near 1."""
    b = scope.builder
    wide = b.cast(x, ir.DataType.DOUBLE)
    value = b.op("Div", b.op("Log", wide), b.constant(np.asarray(np.log(base))))
    return claim_monotone(scope, _back(scope, value, x), x, function, _ULP, f"log{base:g}")


def logit(scope: Scope, x: ir.Value) -> ir.Value:
    """log(x/(1 - x)); near a half, where that is near log 1, log1p(s) - log1p(-s) with s = 2(x - 1/2), as in scipy."""
    b = scope.builder
    wide = b.cast(x, ir.DataType.DOUBLE)
    one, two, half = (b.constant(np.asarray(number)) for number in (1.0, 2.0, 0.5))
    outer = b.op("Log", b.op("Div", wide, b.op("Sub", one, wide)))
    s = b.op("Mul", two, b.op("Sub", wide, half))
    inner = b.op("Sub", log1p(scope, s), log1p(scope, b.op("Neg", s)))
    low, high = b.constant(np.asarray(0.3)), b.constant(np.asarray(0.65))
    far = b.op("Or", b.op("Less", wide, low, dtype=_BOOL), b.op("Greater", wide, high, dtype=_BOOL))
    value = b.op("Where", far, outer, inner, dtype=wide.dtype)
    from scipy import special

    return claim_monotone(scope, _back(scope, value, x), x, special.logit, 16.0, "logit")


def horner(scope: Scope, x: ir.Value, coefficients: list[float]) -> ir.Value:
    """The polynomial with these coefficients, the constant first."""
    b = scope.builder
    total: ir.Value = b.constant(np.asarray(coefficients[-1]))
    for coefficient in reversed(coefficients[:-1]):
        total = b.op("Add", b.op("Mul", x, total), b.constant(np.asarray(coefficient)), dtype=ir.DataType.DOUBLE)
    return total


def signed(scope: Scope, size: ir.Value, x: ir.Value) -> ir.Value:
    """``size`` with the sign of x."""
    b = scope.builder
    negative = b.op("Less", x, b.constant(np.asarray(0.0), x.dtype), dtype=_BOOL)
    return b.op("Where", negative, b.op("Neg", size), size, dtype=size.dtype)


def _back(scope: Scope, value: ir.Value, x: ir.Value) -> ir.Value:
    return scope.builder.cast(value, x.dtype) if x.dtype == ir.DataType.FLOAT else value
