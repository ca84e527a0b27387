"""aten.cumprod as a Scan of products, float32 in float64 as torch has it: ONNX has a running sum only.

Source: aten/src/ATen/native/cpu/ReduceOpsKernel.cpp, cumprod_cpu_kernel.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator
from modelport.frontends.torch._scan import scanned

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _cumprod(self: Any, dim: int, dtype: int = -1) -> Any:
    import onnx_ir as ir
    from onnxscript import opset18

    op: Any = opset18
    kind, wide = ir.DataType(dtype) if dtype > 0 else self.dtype, ir.DataType.DOUBLE
    if not kind.is_floating_point():
        kind = wide = ir.DataType(dtype) if dtype > 0 else ir.DataType.INT64
    factors, rank = op.Cast(op.Cast(self, to=kind), to=wide), len(self.shape)
    if not rank:
        return op.Cast(factors, to=kind)
    dim %= rank
    shape = op.Shape(self)
    rest = op.Concat(op.Slice(shape, [0], [dim], [0]), op.Slice(shape, [dim + 1], [rank], [0]), axis=0)
    ones = op.Expand(op.Cast(op.Constant(value_int=1), to=wide), rest)
    names = {"so far": rank - 1, "factor": rank - 1}
    before, factor = (
        ir.Value(name=f"running {name}", type=ir.TensorType(wide), shape=ir.Shape([None] * axes))
        for name, axes in names.items()
    )
    product = ir.node("Mul", [before, factor])
    seen = ir.node("Identity", product.outputs)
    for name, node in (("running product", product), ("running product seen", seen)):
        node.outputs[0].name = name
        node.outputs[0].type, node.outputs[0].shape = before.type, before.shape
    body = ir.Graph(
        [before, factor],
        [product.outputs[0], seen.outputs[0]],
        nodes=[product, seen],
        opset_imports={"": 18},
        name="running_product",
    )
    # A Scan over another axis than the first ends ONNX Runtime's process where the batch is empty.
    forth = [dim, *(axis for axis in range(rank) if axis != dim)]
    _, products = scanned([ones, op.Transpose(factors, perm=forth)], body)
    return op.Cast(op.Transpose(products, perm=[forth.index(axis) for axis in range(rank)]), to=kind)


OP = Operator({"aten.cumprod.default": _cumprod})
