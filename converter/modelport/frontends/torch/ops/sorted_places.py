"""aten.searchsorted: how many of the sorted values lie before each value, counted; with right=True those that are equal too.

    place = sum over the sorted values s of not (s >= value)          right=True: of not (s > value)

Source: aten/src/ATen/native/Bucketization.cpp, cus_lower_bound and cus_upper_bound, with these comparisons: NaN lies behind all.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript, or a number.
def _searchsorted(
    sorted_sequence: Any,
    self: Any,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Shapes: sorted [M], values of any; or sorted [..., M], values [..., K]."""
    import onnx_ir as ir
    from onnxscript import opset18

    op: Any = opset18
    rows = len(sorted_sequence.shape) > 1
    if sorter is not None:
        sorted_sequence = op.GatherElements(sorted_sequence, sorter, axis=-1)
    if not isinstance(self, ir.Value):
        self = op.CastLike(self, sorted_sequence)
    elif rows:
        sorted_sequence = op.Unsqueeze(sorted_sequence, [-2])
    behind = op.Greater if right or side == "right" else op.GreaterOrEqual
    before = op.Not(behind(sorted_sequence, op.Unsqueeze(self, [-1])))
    kind = ir.DataType.INT32 if out_int32 else ir.DataType.INT64
    return op.ReduceSum(op.Cast(before, to=kind), [-1], keepdims=0)


OP = Operator({f"aten.searchsorted.{kind}": _searchsorted for kind in ("Tensor", "Scalar")})
