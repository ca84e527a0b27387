"""A Scan within a translation, which onnxscript writes with one output: its node is recorded as the exporter records branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # torch's exporter brings it
    import onnx_ir as ir

__all__ = ["scanned"]


# Any: values of onnxscript, and attributes of the node.
def scanned(inputs: list[Any], body: ir.Graph, **attributes: Any) -> Sequence[Any]:
    """Runs ``body`` over steps of the last of ``inputs``; the others are states. Returns the states, then what each step gives."""
    import onnx_ir as ir
    from torch.onnx._internal.exporter import _core

    node = ir.node("Scan", inputs, {"body": body, "num_scan_inputs": 1, **attributes}, num_outputs=len(body.outputs))
    for value, like in zip(node.outputs, body.outputs, strict=True):
        value.type = like.type
    _core.current_tracer.nodes.append(node)
    return node.outputs
