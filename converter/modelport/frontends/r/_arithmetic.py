"""Arithmetic on columns [N, K] that more than one R class needs, each in the order in which R computes it."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.ir.claims import Local

__all__ = [
    "both",
    "claim_monotone",
    "concat",
    "constant",
    "either",
    "is_nan",
    "missing_where",
    "negated",
    "ones",
    "product",
    "to_bool",
    "to_number",
    "where",
]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64


def constant(scope: Scope, value: npt.ArrayLike) -> ir.Value:
    """A float64 constant."""
    return scope.builder.constant(np.asarray(value, dtype=np.float64))


def is_nan(scope: Scope, value: ir.Value) -> ir.Value:
    """bool: where it is NA or NaN."""
    return scope.builder.op("IsNaN", value, dtype=_BOOL)


def either(scope: Scope, *values: ir.Value) -> ir.Value:
    """bool: where any of them is true."""
    found = values[0]
    for value in values[1:]:
        found = scope.builder.op("Or", found, value, dtype=_BOOL)
    return found


def both(scope: Scope, a: ir.Value, b: ir.Value) -> ir.Value:
    """bool: where a and b are true."""
    return scope.builder.op("And", a, b, dtype=_BOOL)


def negated(scope: Scope, value: ir.Value) -> ir.Value:
    """bool: where it is false."""
    return scope.builder.op("Not", value, dtype=_BOOL)


def where(scope: Scope, condition: ir.Value, a: ir.Value, b: ir.Value) -> ir.Value:
    """a where the condition holds, b elsewhere."""
    return scope.builder.op("Where", condition, a, b, dtype=a.dtype)


def missing_where(scope: Scope, condition: ir.Value, value: ir.Value) -> ir.Value:
    """The value, NaN where the condition holds."""
    return where(scope, condition, constant(scope, np.nan), value)


def to_number(scope: Scope, value: ir.Value) -> ir.Value:
    """A bool as 0 and 1."""
    return scope.builder.cast(value, _DOUBLE)


def to_bool(scope: Scope, value: ir.Value) -> ir.Value:
    """Whether a logical (0, 1, NaN) is TRUE; NA is not."""
    return scope.builder.op("Greater", value, constant(scope, 0.5), dtype=_BOOL)


def ones(scope: Scope) -> ir.Value:
    """float64 [N, 1] of ones."""
    b = scope.builder
    first = next(iter(scope.inputs.values()))
    return b.op("Expand", constant(scope, 1.0), b.op("Shape", first, dtype=_INT64))


def concat(scope: Scope, parts: Sequence[ir.Value]) -> ir.Value:
    """Columns side by side."""
    return parts[0] if len(parts) == 1 else scope.builder.op("Concat", *parts, axis=1)


def product(scope: Scope, a: ir.Value, width_a: int, b: ir.Value, width_b: int) -> ir.Value:
    """Every column of a times every column of b, those of a running faster: [N, A], [N, B] -> [N, A·B]."""
    g = scope.builder
    if width_a == 1 or width_b == 1:
        return g.op("Mul", a, b)
    left = g.op("Unsqueeze", a, g.constant(np.array([1], dtype=np.int64)))
    right = g.op("Unsqueeze", b, g.constant(np.array([2], dtype=np.int64)))
    shape = g.constant(np.array([-1, width_a * width_b], dtype=np.int64))
    return g.op("Reshape", g.op("Mul", left, right), shape)


def claim_monotone(
    scope: Scope, value: ir.Value, x: ir.Value, function: Callable[[Array], Array], ulp: float, name: str
) -> ir.Value:
    """States that a value made of several nodes is a monotone function of x within so many ULP of R's own."""

    def rule(n: Local) -> Array:
        r = n.result
        own = np.where(np.isfinite(r), ulp * n.eps * np.abs(r) + np.finfo(np.float64).tiny * (r != 0), 0.0)
        if not n.d().any():
            return own
        low, high = n.ends()
        return own + n.spread(function(low), function(high))

    return scope.claim(value, [x], rule, f"{ulp:g} ULP of {name}")
