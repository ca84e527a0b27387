"""Rows that attend to nothing: torch gives 0 there, the exporter's graph the mean of all values.

**Before** (onnxscript 0.7, aten.scaled_dot_product_attention with a mask of truth values)::

    Softmax(scores + Where(mask, 0, -3.4e38)) -> IsNaN -> Where(…, 0, …)

The guard against NaN never acts: adding the least float to each score of a row leaves them equal, and softmax spreads the row
evenly. A padded batch of a causal model has such rows: positions before the first token of a sequence padded on the left.

**After**: Where(mask, 0, -inf). Softmax of a row of -inf is NaN, and the guard makes it 0, as torch's safe softmax does
(aten/src/ATen/native/transformers/attention.cpp, _safe_softmax, since version 2.5). Other rows stay as they are: exp of
either is 0.
"""

from typing import Any

import ml_dtypes
import numpy as np
import onnx_ir as ir

from modelport.frontends.torch._repair import Repair

__all__ = ["REPAIR"]


def _apply(model: ir.Model) -> int:
    infinite: dict[ir.DataType, ir.Value] = {}
    changed = 0
    for node in model.graph.all_nodes():
        if node.op_type != "Where" or not _is(node.inputs[1], 0.0):
            continue
        least = node.inputs[2]
        if not _is_least(least) or not _guarded(node.outputs[0]):
            continue
        assert least is not None and least.dtype is not None
        if least.dtype not in infinite:
            infinite[least.dtype] = _minus_infinity(model, least.dtype)
        node.replace_input_with(2, infinite[least.dtype])
        changed += 1
    return changed


def _guarded(mask: ir.Value) -> bool:
    """Whether the mask is added to scores whose softmax is then asked for NaN."""
    for added in mask.consumers():
        if added.op_type != "Add":
            continue
        for softmax in added.outputs[0].consumers():
            if softmax.op_type == "Softmax" and any(n.op_type == "IsNaN" for n in softmax.outputs[0].consumers()):
                return True
    return False


def _is(value: ir.Value | None, wanted: float) -> bool:
    number = _scalar(value)
    return number is not None and number == wanted


def _is_least(value: ir.Value | None) -> bool:
    number = _scalar(value)
    return number is not None and bool(number == ml_dtypes.finfo(number.dtype).min)  # type: ignore[no-untyped-call]


# Any: NumPy has no class for a number of bfloat16.
def _scalar(value: ir.Value | None) -> Any:
    constant = None if value is None else ir.convenience.get_const_tensor(value)
    if constant is None or constant.size != 1:
        return None
    array: np.ndarray[Any, Any] = constant.numpy()
    return array.reshape(-1)[0] if array.dtype.kind == "f" or array.dtype.name == "bfloat16" else None


def _minus_infinity(model: ir.Model, dtype: ir.DataType) -> ir.Value:
    tensor = ir.tensor(np.array(-np.inf, dtype=dtype.numpy()), name=f"minus_infinity_{dtype.name.lower()}")
    value = ir.Value(name=tensor.name, type=ir.TensorType(dtype), shape=ir.Shape([]), const_value=tensor)
    model.graph.register_initializer(value)
    return value


REPAIR = Repair("masked attention", _apply)
