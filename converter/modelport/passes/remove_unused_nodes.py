"""Takes away nodes and initializers that no output depends on; inputs stay, they are the contract's.

Before: y = Op(x), y unused    After: nothing
"""

import onnx_ir as ir
from onnx_ir.passes.common import RemoveUnusedNodesPass

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _apply(model: ir.Model) -> bool:
    return bool(RemoveUnusedNodesPass()(model).modified)


def _broken(model: ir.Model) -> str | None:
    outputs = set(model.graph.outputs)
    idle = [n.name for n in model.graph if not any(o.uses() or o in outputs for o in n.outputs)]
    return f"unused nodes remain: {', '.join(map(str, idle))}" if idle else None


PASS = GraphPass("remove_unused_nodes", _apply, _broken)
