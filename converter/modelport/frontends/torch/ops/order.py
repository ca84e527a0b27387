"""aten.sort with stable=True, aten.kthvalue and aten.median as ONNX's TopK, which keeps equal values in their order.

Source: torch.sort, torch.kthvalue; TopK-11: of equal values the one with the lower index comes first. Of an even number of values
torch.median is the lower of the two in the middle, and NaN where one is: aten/src/ATen/native/Sorting.cpp.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]

_INT32, _BOOL = 6, 9


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


def _median(self: Any, dim: int, keepdim: bool = False) -> tuple[Any, Any]:
    from onnxscript import opset18

    op: Any = opset18
    if not len(self.shape):
        return op.Identity(self), op.Constant(value_int=0)
    found = _middle(self, dim, floating=self.dtype.is_floating_point())
    return found if keepdim else (op.Squeeze(found[0], [dim]), op.Squeeze(found[1], [dim]))


def _median_of_all(self: Any) -> Any:
    from onnxscript import opset18

    op: Any = opset18
    value, _ = _middle(op.Reshape(self, [-1]), 0, floating=self.dtype.is_floating_point())
    return op.Squeeze(value, [0])


def _middle(values: Any, dim: int, *, floating: bool) -> tuple[Any, Any]:
    """The median along an axis, which is kept, and its place."""
    from onnxscript import opset18

    op: Any = opset18
    length = op.Reshape(op.Gather(op.Shape(values), dim, axis=0), [1])
    # The lower half and the one in the middle, smallest first: the last of them.
    half = op.Div(op.Add(length, [1]), [2])
    lower, places = op.TopK(values, half, axis=dim, largest=0, sorted=1)
    last = op.Sub(half, [1])
    value, place = op.Gather(lower, last, axis=dim), op.Gather(places, last, axis=dim)
    if not floating:
        return value, place
    odd = op.Cast(op.IsNaN(values), to=_INT32)
    seen = op.Cast(op.ReduceMax(odd, [dim], keepdims=1), to=_BOOL)
    value = op.Where(seen, op.CastLike(float("nan"), values), value)
    return value, op.Where(seen, op.ArgMax(odd, axis=dim, keepdims=1), place)


OP = Operator(
    {
        "aten.sort.stable": _sort,
        "aten.kthvalue.default": _kthvalue,
        "aten.median.dim": _median,
        "aten.median.default": _median_of_all,
    }
)
