"""Takes Identity nodes away; names of graph inputs and outputs stay.

Before: y = Identity(x); z = Op(y)    After: z = Op(x)
Refuses when: 1. a graph input goes straight to a graph output (both names must stay). 2. two graph outputs are
one value: only one of them can have its name.
"""

import onnx_ir as ir
from onnx_ir.passes.common import IdentityEliminationPass

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _source(value: ir.Value) -> ir.Value:
    """The value behind a chain of Identity nodes."""
    node = value.producer()
    while node is not None and node.op_type == "Identity" and node.inputs[0] is not None:
        value = node.inputs[0]
        node = value.producer()
    return value


def _apply(model: ir.Model) -> bool:
    sources = [id(_source(value)) for value in model.graph.outputs]
    if len(set(sources)) < len(sources):
        return False
    return bool(IdentityEliminationPass()(model).modified)


PASS = GraphPass("eliminate_identity", _apply)
