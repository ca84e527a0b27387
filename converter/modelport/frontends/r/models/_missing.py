"""Rows that R drops, or answers with NA, because a column of them is missing."""

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import either, is_nan
from modelport.frontends.r._scope import Scope

__all__ = ["any_missing", "not_finite"]

_BOOL = ir.DataType.BOOL


def any_missing(scope: Scope) -> ir.Value:
    """bool [N, 1]: whether any column of the model is missing, or of a level that it does not know."""
    b = scope.builder
    found = []
    for name, variable in scope.variables.items():
        if variable.is_text:
            count = b.constant(np.asarray(len(variable.levels or ()), dtype=np.int64))
            unknown = b.op("Equal", scope.code(name), count, dtype=_BOOL)
            found.append(b.op("Unsqueeze", unknown, b.constant(np.array([1], dtype=np.int64))))
        else:
            found.append(is_nan(scope, scope.number(name)))
    return either(scope, *found)


def not_finite(scope: Scope, rows: ir.Value) -> ir.Value:
    """bool [N, 1]: whether anything in a row [N, P] is infinite or NaN, which .C() refuses to hand to C."""
    nothing = scope.builder.op("Sub", rows, rows)
    return is_nan(scope, row_sum(scope, nothing, keep=True))
