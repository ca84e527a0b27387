"""aten.scatter_reduce: a mean as a sum and a count, for the exporter writes one of the values; other reductions are the exporter's.

    mean = scatter(self, add src) / max(1, scatter(1, add 1))      both from 0 in place of self and 1 where self does not count

Source: aten/src/ATen/native/TensorAdvancedIndexing.cpp, scatter_reduce_two; means of whole numbers are rounded down.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _scatter_reduce(self: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool = True) -> Any:
    from onnxscript import opset18
    from onnxscript.function_libs.torch_lib.ops.core import aten_scatter_reduce

    op: Any = opset18
    whole, alone, rank = not self.dtype.is_floating_point(), not len(self.shape), len(self.shape)
    if src.shape != index.shape:
        # The source may be longer than its places, which ScatterElements does not allow.
        src = op.Slice(src, [0] * rank, op.Shape(index), list(range(rank)))
    if reduce != "mean":
        return aten_scatter_reduce(self, dim, index, src, reduce, include_self)
    if alone:
        self, index, src = (op.Reshape(value, [-1]) for value in (self, index, src))
    zeros, ones = op.Expand(op.CastLike(0, src), op.Shape(src)), op.Expand(op.CastLike(1, src), op.Shape(src))
    counted = op.Expand(op.CastLike(int(include_self), self), op.Shape(self))
    if not include_self:
        self = op.ScatterElements(self, index, zeros, axis=dim)
    total = op.ScatterElements(self, index, src, axis=dim, reduction="add")
    count = op.Max(op.ScatterElements(counted, index, ones, axis=dim, reduction="add"), op.CastLike(1, self))
    mean = op.Div(total, count)
    if whole:
        # ONNX cuts the fraction off; of a negative number the next below is one less.
        rest = op.Sub(total, op.Mul(mean, count))
        mean = op.Sub(mean, op.CastLike(op.Less(rest, op.CastLike(0, rest)), mean))
    return op.Reshape(mean, op.Constant(value_ints=[])) if alone else mean


OP = Operator({"aten.scatter_reduce.two": _scatter_reduce})
