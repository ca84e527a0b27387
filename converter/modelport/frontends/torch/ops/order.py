"""aten.sort with stable=True and aten.kthvalue as ONNX's TopK, which keeps equal values in their order.

Source: torch.sort, torch.kthvalue; TopK-11: of equal values the one with the lower index comes first.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _sort(self: Any, stable: bool | None = None, dim: int = -1, descending: bool = False) -> tuple[Any, Any]:
    from onnxscript import opset18

    op: Any = opset18
    if not len(self.shape):
        return op.Identity(self), op.Constant(value_int=0)
    length = op.Reshape(op.Gather(op.Shape(self), dim, axis=0), [1])
    values, indices = op.TopK(self, length, axis=dim, largest=int(descending), sorted=1)
    return values, indices


def _kthvalue(self: Any, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Any, Any]:
    from onnxscript import opset18

    op: Any = opset18
    values, indices = op.TopK(self, [k], axis=dim, largest=0, sorted=1)
    found = [op.Gather(part, [k - 1], axis=dim) for part in (values, indices)]
    kept = found if keepdim else [op.Squeeze(part, [dim]) for part in found]
    return kept[0], kept[1]


OP = Operator({"aten.sort.stable": _sort, "aten.kthvalue.default": _kthvalue})
