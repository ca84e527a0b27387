"""From a function of TensorFlow to an exact graph of ONNX: variables frozen, calls inlined, operators by tf2onnx and repairs/.

tf2onnx stops at opset 18. Up to the project's opset only DFT, GridSample and GroupNormalization changed what they mean (onnx's
change log, 19 to 21); the first is a repair's, and tf2onnx writes neither other. So the number alone is lifted, and every node
is then checked against its schema; the converter of onnx would copy all weights to do the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import onnx
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._nets import outside_standard
from modelport.frontends.tensorflow.graph_convert import write_onnx
from modelport.frontends.tensorflow.graph_effects import refuse_chance
from modelport.frontends.tensorflow.graph_freeze import freeze
from modelport.frontends.tensorflow.graph_layers import layers_of
from modelport.frontends.tensorflow.graph_transposes import join_transposes
from modelport.frontends.tensorflow.graph_types import refuse_types
from modelport.ir.operators import IR_VERSION, OPSETS

__all__ = ["Exported", "export"]

_FIX = "write these layers with operators that ONNX has, or ask for them in an issue"


@dataclass(frozen=True)
class Exported:
    """The graph, its tensors' layers as the source calls them, and what was done on the way.

    ``model``: inputs in the order of the function's own, without captures; outputs in the order of its flattened results.
    Lengths that the function leaves open have no names yet.
    """

    model: ir.Model
    layers: Mapping[str, str]
    notes: tuple[str, ...]


# Any: tensorflow's ConcreteFunction.
def export(function: Any, where: str) -> Exported:
    """Exports a concrete function.

    Raises: UnsupportedModelError that names every operator that is left, and the layer it stands in.
    """
    frozen = freeze(function, where)
    refuse_chance(frozen.graph, frozen.outputs, where)
    refuse_types(frozen.graph, where)
    written = write_onnx(frozen)
    if written.model is None:
        raise UnsupportedModelError(
            f"{len(written.failed)} operator(s) of TensorFlow cannot be written in ONNX: {'; '.join(written.failed)}",
            where=where,
            fix=_FIX,
        )
    model = ir.serde.deserialize_model(written.model)
    join_transposes(model)
    model.ir_version = IR_VERSION
    used = {node.domain for node in model.graph.all_nodes()} | {""}
    model.opset_imports.clear()
    model.opset_imports.update({domain: version for domain, version in OPSETS.items() if domain in used})
    _shape(model, function)
    layers = layers_of(model)
    outside = outside_standard(model, layers) or _ill_formed(written.model.graph)
    if outside:
        raise UnsupportedModelError(
            f"{len(outside)} operator(s) are no ONNX: {'; '.join(outside)}", where=where, fix=_FIX
        )
    return Exported(model, layers, tuple(f"repaired: {name}" for name in written.repaired))


def _ill_formed(graph: onnx.GraphProto) -> list[str]:
    """Nodes with attributes or inputs that their operator does not have at the project's opset."""
    context = onnx.checker.C.CheckerContext()
    context.ir_version = IR_VERSION
    context.opset_imports = OPSETS
    found = []
    for node in graph.node:
        bodies = [one.g for one in node.attribute if one.type == onnx.AttributeProto.GRAPH]
        if bodies:
            found += [text for body in bodies for text in _ill_formed(body)]
            continue
        try:
            onnx.checker.check_node(node, context)
        except onnx.checker.ValidationError as err:
            found.append(f"{node.op_type} {node.name!r}: {str(err).strip().split(chr(10))[0]}")
    return found


def _shape(model: ir.Model, function: Any) -> None:
    """Inputs and outputs as the function declares them."""
    count = len(function.inputs) - len(function.captured_inputs)
    pairs = [
        *zip(model.graph.inputs, function.inputs[:count], strict=True),
        *zip(model.graph.outputs, function.outputs, strict=True),
    ]
    for value, tensor in pairs:
        if tensor.shape.rank is not None:
            value.shape = ir.Shape(list(tensor.shape))
