"""aten.scalar_tensor of float64 with all digits: the exporter casts a float32 to it, so 0.1 is off by 1e-9.

Source: torch.scalar_tensor. Other types are left as the exporter has them.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]

_DOUBLE, _COMPLEX = 11, (14, 15)


# Any: values and operators of onnxscript, or a number.
def _scalar_tensor(
    s: Any, dtype: int = -1, layout: str = "", device: str = "", pin_memory: bool = False, **unused: Any
) -> Any:
    import numpy as np
    import onnx_ir as ir
    from onnxscript import opset18
    from onnxscript.function_libs.torch_lib.ops import core

    op: Any = opset18
    if dtype == _DOUBLE and isinstance(s, int | float):
        return op.Constant(value=ir.tensor(np.array(s, dtype=np.float64)))
    own = core.aten_scalar_tensor_complex if dtype in _COMPLEX else core.aten_scalar_tensor
    return own(s, dtype)


OP = Operator({"aten.scalar_tensor.default": _scalar_tensor})
