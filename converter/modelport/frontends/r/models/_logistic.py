"""The logistic function of nnet.c, which is 0 below -15 and 1 above 15."""

import onnx_ir as ir

from modelport.frontends._scores import expit
from modelport.frontends.r._arithmetic import constant, where
from modelport.frontends.r._scope import Scope

__all__ = ["clipped_expit"]

_BORDER = 15.0
_BOOL = ir.DataType.BOOL


def clipped_expit(scope: Scope, value: ir.Value) -> ir.Value:
    """1 / (1 + exp(-x)) between the borders. Source: nnet/src/nnet.c of 7.3-18, sigmoid."""
    b = scope.builder
    inner = expit(scope, value)
    low = b.op("Less", value, constant(scope, -_BORDER), dtype=_BOOL)
    high = b.op("Greater", value, constant(scope, _BORDER), dtype=_BOOL)
    return where(scope, low, constant(scope, 0.0), where(scope, high, constant(scope, 1.0), inner))
