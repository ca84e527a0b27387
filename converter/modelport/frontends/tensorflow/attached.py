"""Puts weights that stood apart while the graph was written in the place of the inputs that stood for them, without a copy."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

__all__ = ["attach"]


# Any shape and type: numbers of a variable.
def attach(model: ir.Model, weights: Mapping[str, tuple[str, npt.NDArray[np.generic]]]) -> None:
    """Makes initializers of inputs. ``weights``: {name of the input: (name in the source, numbers)}.

    What is transposed, as kernels of convolutions are, is so here, and not in every call.
    """
    graph = model.graph
    for value in [value for value in graph.inputs if value.name in weights]:
        source, array = weights[value.name or ""]
        graph.inputs.remove(value)
        turned = [use.node for use in value.uses() if use.node.op_type == "Transpose" and use.node.graph is graph]
        for node in turned:
            perm = node.attributes.get_ints("perm") or tuple(reversed(range(array.ndim)))
            other = _initializer(graph, f"{source}_{node.name}", np.ascontiguousarray(array.transpose(perm)))
            for user, place in node.outputs[0].uses():
                user.replace_input_with(place, other)
            graph.remove(node, safe=True)
        if value.uses():
            kept = _initializer(graph, source, array)
            for user, place in value.uses():
                user.replace_input_with(place, kept)


def _initializer(graph: ir.Graph, name: str, array: npt.NDArray[np.generic]) -> ir.Value:
    free = name if name not in graph.initializers else f"{name}_{len(graph.initializers)}"
    tensor = ir.tensor(array, name=free)
    value = ir.Value(name=free, type=ir.TensorType(tensor.dtype), shape=ir.Shape(array.shape), const_value=tensor)
    graph.register_initializer(value)
    return value
