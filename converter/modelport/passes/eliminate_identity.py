"""Takes Identity nodes away; names of graph inputs and outputs stay.

Before: y = Identity(x); z = Op(y)    After: z = Op(x)
Refuses when: 1. a graph input goes straight to a graph output (both names must stay).
"""

import onnx_ir as ir
from onnx_ir.passes.common import IdentityEliminationPass

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _apply(model: ir.Model) -> bool:
    return bool(IdentityEliminationPass()(model).modified)


PASS = GraphPass("eliminate_identity", _apply)
