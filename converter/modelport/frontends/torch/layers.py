"""Which layer of the user's module made each tensor of the graph, as the exporter noted it beside the nodes."""

import ast

import onnx_ir as ir

__all__ = ["layers_of"]

_SCOPES = "pkg.torch.onnx.name_scopes"


def layers_of(model: ir.Model) -> dict[str, str]:
    """Returns {tensor: 'encoder.layers.0.linear1'}; tensors that constant folding made have none."""
    found: dict[str, str] = {}
    for node in model.graph.all_nodes():
        noted = node.metadata_props.get(_SCOPES)
        if noted is None:
            continue
        # The names of the modules around an operation, from the outermost, which has none, to the operation itself.
        scopes = [str(scope) for scope in ast.literal_eval(noted)]
        layer = scopes[-2] if len(scopes) > 1 and scopes[-2] else scopes[-1]
        found |= {value.name: layer for value in node.outputs if value.name}
    return found
