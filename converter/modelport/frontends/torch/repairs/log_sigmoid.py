"""The logarithm of a sigmoid: minus infinity where the sigmoid is too small to be told from 0.

**Before** (onnxscript 0.7, aten.log_sigmoid)::

    Log(Sigmoid(x))

gives -inf below -104 and loses digits above 10; torch computes min(x, 0) - log1p(exp(-|x|))
(aten/src/ATen/native/cpu/Activation.cpp).

**After**: -Softplus(-x), whose kernel takes the same two ways round.
"""

import onnx_ir as ir

from modelport.frontends.torch._repair import Repair

__all__ = ["REPAIR"]


def _apply(model: ir.Model) -> int:
    changed = 0
    for node in list(model.graph.all_nodes()):
        if node.op_type != "Log" or node.inputs[0] is None:
            continue
        sigmoid = node.inputs[0].producer()
        if sigmoid is None or sigmoid.op_type != "Sigmoid":
            continue
        x, result, graph = sigmoid.inputs[0], node.outputs[0], node.graph
        assert x is not None and graph is not None
        minus, soft = (ir.Value(name=f"{result.name}_{part}", type=x.type, shape=x.shape) for part in ("minus", "soft"))
        graph.insert_before(
            node,
            [
                ir.Node("", "Neg", [x], outputs=[minus], name=f"{minus.name}_node"),
                ir.Node("", "Softplus", [minus], outputs=[soft], name=f"{soft.name}_node"),
            ],
        )
        node.op_type = "Neg"
        node.replace_input_with(0, soft)
        changed += 1
    return changed


REPAIR = Repair("log of a sigmoid", _apply)
