"""Emits elementwise arithmetic in the type in which numpy computes it."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope

__all__ = ["clip", "in_place", "ones_like", "rows_dtype", "with_array"]

_BOOL = ir.DataType.BOOL


def rows_dtype(value: ir.Value) -> np.dtype[np.floating]:
    """float32 or float64."""
    return np.dtype(np.float32 if value.dtype == ir.DataType.FLOAT else np.float64)


def with_array(scope: Scope, op: str, value: ir.Value, operand: npt.ArrayLike) -> ir.Value:
    """value <op> operand: numpy computes in the wider of the two types; a Python number takes the other's type."""
    b = scope.builder
    array = np.asarray(operand)
    weak = isinstance(operand, int | float) and not isinstance(operand, np.generic)
    if array.dtype == np.float64 and not weak:
        value = b.cast(value, ir.DataType.DOUBLE)
    return b.op(op, value, b.constant(array, value.dtype))


def in_place(scope: Scope, op: str, value: ir.Value, operand: npt.ArrayLike) -> ir.Value:
    """value <op>= operand: computed in the wider type, then rounded to the type of the value."""
    result = with_array(scope, op, value, operand)
    return scope.builder.cast(result, value.dtype) if value.dtype is not None else result


def ones_like(scope: Scope, value: ir.Value) -> ir.Value:
    """1 in the shape and type of the value, whatever it holds."""
    b = scope.builder
    true = b.op("Or", b.op("IsNaN", value, dtype=_BOOL), b.constant(np.asarray(True)))
    return b.cast(true, value.dtype or ir.DataType.DOUBLE)


def clip(scope: Scope, value: ir.Value, low: npt.ArrayLike | None, high: npt.ArrayLike | None) -> ir.Value:
    """np.clip with borders in the value's type; NaN stays, which Max and Min of every runtime need not keep."""
    b = scope.builder
    for op, border in (("Less", low), ("Greater", high)):
        if border is not None:
            constant = b.constant(np.asarray(border), value.dtype)
            value = b.op("Where", b.op(op, value, constant, dtype=_BOOL), constant, value, dtype=value.dtype)
    return value
