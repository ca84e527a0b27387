"""From a function of TensorFlow to the graph that tf2onnx and repairs/ write, in tf2onnx's opset, of the shapes that it declares.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from typing import Any

from modelport.frontends._unwritten import unwritten
from modelport.frontends.tensorflow.graph.convert import Written, write_onnx
from modelport.frontends.tensorflow.graph.effects import refuse_chance
from modelport.frontends.tensorflow.graph.freeze import freeze
from modelport.frontends.tensorflow.graph.types import refuse_types

__all__ = ["Written", "written"]


# Any: tensorflow's ConcreteFunction.
def written(function: Any, where: str) -> Written:
    """Returns the graph: inputs in the order of the function's own, without captures, then weights that stay out of it; outputs in
    that of its flattened results.

    Raises: UnsupportedModelError that names every operator that is left, and the layer it stands in.
    """
    frozen = freeze(function, where)
    refuse_chance(frozen.graph, frozen.outputs, where)
    refuse_types(frozen.graph, where)
    found = write_onnx(frozen)
    if found.model is None:
        raise unwritten(found.failed, "of TensorFlow cannot be written in ONNX", where)
    count = len(function.inputs) - len(function.captured_inputs)
    own = [value for value in found.model.graph.input if value.name not in found.weights]
    for value, tensor in zip(own, function.inputs[:count], strict=True):
        _shape(value, tensor)
    for value, tensor in zip(found.model.graph.output, function.outputs, strict=True):
        _shape(value, tensor)
    return found


# Any: onnx's ValueInfoProto and a symbolic tensor.
def _shape(value: Any, tensor: Any) -> None:
    """As the function declares it; lengths that it leaves open have no names yet."""
    if tensor.shape.rank is None:
        return
    shape = value.type.tensor_type.shape
    shape.SetInParent()
    del shape.dim[:]
    for length in tensor.shape:
        dimension = shape.dim.add()
        if length is not None:
            dimension.dim_value = length
