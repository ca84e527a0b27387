"""Computes equal subexpressions once.

Before: a = Op(x); b = Op(x)    After: a = Op(x), used for both
Refuses when: 1. the operator draws random numbers. 2. both values are graph outputs.
"""

import onnx_ir as ir
from onnx_ir.passes.common import CommonSubexpressionEliminationPass

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _apply(model: ir.Model) -> bool:
    described = [(value.type, value.shape) for value in model.graph.outputs]
    modified = bool(CommonSubexpressionEliminationPass()(model).modified)
    # A value that takes an output's place takes its name, but has no shape of its own yet.
    for value, (kind, shape) in zip(model.graph.outputs, described, strict=True):
        value.type, value.shape = kind, shape
    return modified


PASS = GraphPass("eliminate_common_subexpressions", _apply)
