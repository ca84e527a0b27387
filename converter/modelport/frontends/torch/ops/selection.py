"""aten.masked_select: the values where the mask is true, in order; both may have to be spread to a common shape.

Source: torch.masked_select. x[mask], which the exporter translates, takes no mask of another shape.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _masked_select(self: Any, mask: Any) -> Any:
    from onnxscript import opset18

    op: Any = opset18
    values = op.Expand(self, op.Shape(mask))
    chosen = op.Expand(mask, op.Shape(values))
    return op.Compress(op.Reshape(values, [-1]), op.Reshape(chosen, [-1]), axis=0)


OP = Operator({"aten.masked_select.default": _masked_select})
