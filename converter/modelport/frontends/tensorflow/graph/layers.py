"""Which layer of the user's model made each tensor of the graph: Keras opens a name scope for each, and TensorFlow keeps it."""

import onnx_ir as ir

__all__ = ["layers_of"]


def layers_of(model: ir.Model) -> dict[str, str]:
    """Returns {tensor: 'model/dense_1'}; tensors without a scope, which conversion made, have none."""
    found: dict[str, str] = {}
    for node in model.graph.all_nodes():
        for value in node.outputs:
            scope = (value.name or "").split(":")[0].rpartition("/")[0]
            if scope:
                found[str(value.name)] = scope
    return found
