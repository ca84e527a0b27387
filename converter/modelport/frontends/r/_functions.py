"""Functions that ONNX Runtime has no double kernel for, built of those it has, with the error that is claimed for the whole."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import claim_monotone, constant, where
from modelport.frontends.r._scope import Scope

__all__ = ["expm1", "log1p", "log_to_base", "tangent"]

Array = npt.NDArray[np.float64]

_BOOL = ir.DataType.BOOL
# Both formulas keep 5 eps where log and exp are correctly rounded (Goldberg, theorem 4, for log1p; Kahan's for expm1);
# Eigen's log and exp add 2 each, the C library's own err by 1 more.
_ULP = 12.0


def log1p(scope: Scope, x: ir.Value) -> ir.Value:
    """log(1 + x): with u = 1 + x rounded, log(u)·x/(u - 1), which takes back what the rounding lost; x where u is 1."""
    b = scope.builder
    one = constant(scope, 1.0)
    u = b.op("Add", x, one)
    lost = b.op("Sub", u, one)
    value = b.op("Mul", b.op("Log", u), b.op("Div", x, lost))
    value = where(scope, b.op("Equal", lost, constant(scope, 0.0), dtype=_BOOL), x, value)
    value = where(scope, b.op("IsInf", u, dtype=_BOOL), b.op("Log", u), value)
    return claim_monotone(scope, value, x, np.log1p, _ULP, "log1p")


def expm1(scope: Scope, x: ir.Value) -> ir.Value:
    """exp(x) - 1: with u = exp(x) rounded, (u - 1)·x/log(u); x where u is 1, -1 where u vanishes beside 1."""
    b = scope.builder
    one = constant(scope, 1.0)
    u = b.op("Exp", x)
    less = b.op("Sub", u, one)
    value = b.op("Mul", less, b.op("Div", x, b.op("Log", u)))
    value = where(scope, b.op("Equal", u, one, dtype=_BOOL), x, value)
    plain = b.op(
        "Or",
        b.op("Equal", less, constant(scope, -1.0), dtype=_BOOL),
        b.op("IsInf", u, dtype=_BOOL),
        dtype=_BOOL,
    )
    return claim_monotone(scope, where(scope, plain, less, value), x, np.expm1, _ULP, "expm1")


def log_to_base(scope: Scope, x: ir.Value, base: float, function: Callable[[Array], Array]) -> ir.Value:
    """log(x)/log(base), for log2 and log10: one division after the logarithm keeps its relative error near 1."""
    b = scope.builder
    value = b.op("Div", b.op("Log", x), constant(scope, np.log(base)))
    return claim_monotone(scope, value, x, function, _ULP, f"log{base:g}")


def tangent(scope: Scope, x: ir.Value) -> ir.Value:
    """tan(x) = sin(x)/cos(x)."""
    return scope.builder.op("Div", scope.builder.op("Sin", x), scope.builder.op("Cos", x))
