"""Lifts the graph that tf2onnx and repairs/ wrote to the project's opset, and checks every node of it.

tf2onnx stops at opset 18. Up to the project's opset only DFT, GridSample and GroupNormalization changed what they mean (onnx's
change log, 19 to 21); the first is a repair's, and tf2onnx writes neither other. So the number alone is lifted, and every node
is then checked against its schema; the converter of onnx would copy all weights to do the same.
"""

import onnx
import onnx_ir as ir

from modelport.frontends._nets import outside_standard
from modelport.frontends._unwritten import unwritten
from modelport.frontends.tensorflow.graph.layers import layers_of
from modelport.frontends.tensorflow.graph.transposes import join_transposes
from modelport.ir.opsets import IR_VERSION, OPSETS

__all__ = ["finished"]


def finished(model: ir.Model, where: str) -> dict[str, str]:
    """Lifts what ``written`` made to the project's opset, and returns the layers of its tensors.

    Raises: UnsupportedModelError that names every node that is then no ONNX, and the layer it stands in.
    """
    join_transposes(model)
    model.ir_version = IR_VERSION
    used = {node.domain for node in model.graph.all_nodes()} | {""}
    model.opset_imports.clear()
    model.opset_imports.update({domain: version for domain, version in OPSETS.items() if domain in used})
    layers = layers_of(model)
    outside = outside_standard(model, layers) or _ill_formed(model)
    if outside:
        raise unwritten(outside, "are no ONNX", where)
    return layers


def _ill_formed(model: ir.Model) -> list[str]:
    """Nodes with attributes or inputs that their operator does not have at the project's opset."""
    context = onnx.checker.C.CheckerContext()
    context.ir_version = IR_VERSION
    context.opset_imports = OPSETS
    found = []
    for node in model.graph.all_nodes():
        if any(one.type == ir.AttributeType.GRAPH for one in node.attributes.values()):
            continue
        try:
            onnx.checker.check_node(ir.serde.serialize_node(node), context)
        except onnx.checker.ValidationError as err:
            found.append(f"{node.op_type} {node.name!r}: {str(err).strip().split(chr(10))[0]}")
    return found
