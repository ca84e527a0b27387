"""Which layer of the user's model made each tensor of the graph: Keras opens a name scope for each, and TensorFlow keeps it."""

import re
from collections.abc import Iterable, Mapping

import onnx_ir as ir

__all__ = ["layers_of", "named_layers"]


def layers_of(model: ir.Model) -> dict[str, str]:
    """Returns {tensor: 'model/dense_1'}; tensors without a scope, which conversion made, have none."""
    found: dict[str, str] = {}
    for node in model.graph.all_nodes():
        for value in node.outputs:
            scope = (value.name or "").split(":")[0].rpartition("/")[0]
            if scope:
                found[str(value.name)] = scope
    return found


def named_layers(layers: Mapping[str, str], paths: Iterable[str]) -> dict[str, str]:
    """Replaces each scope by the longest of the model's own ``paths`` ('model/dense') that it lies in.

    TensorFlow numbers a scope that is opened anew: 'model_1/dense_1/Gelu' lies in 'model/dense', unless there is a 'model/dense_1'.
    Tensors that lie in none keep their scope.
    """
    known = {tuple(path.split("/")) for path in paths}
    prefixes = {path[:length] for path in known for length in range(len(path) + 1)}
    found: dict[str, str] = {}
    for tensor, scope in layers.items():
        path: tuple[str, ...] = ()
        for part in scope.split("/"):
            plain = re.sub(r"_\d+$", "", part)
            step = next(((*path, one) for one in (part, plain) if (*path, one) in prefixes), None)
            if step is None:
                break
            path = step
        while path and path not in known:
            path = path[:-1]
        found[tensor] = "/".join(path) or scope
    return found
