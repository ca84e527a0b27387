"""aten.erfc and aten.special_erfcx, and log_ndtr, which torch makes of them: the exporter's have no digits left beyond 4.

    1 - erf(x) is 0 from 4 on, where erfc(x) is 1.5e-8; and exp(x²) times it is 0 and then no number, where torch gives 1 / (x √π)

Source: aten/src/ATen/native/Math.h, calc_erfcx; torch/_refs/special, log_ndtr. Computed in float64, as torch's own for float32.
"""

from collections.abc import Callable
from typing import Any

from modelport.frontends import _double_functions
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]

_DOUBLE = 11


# Any: values and operators of onnxscript.
def _of_doubles(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """The translation of a function that is written for float64."""

    def translate(self: Any) -> Any:
        import numpy as np
        import onnx_ir as ir
        from onnxscript import opset18

        op: Any = opset18

        def write(name: str, *inputs: Any) -> Any:
            # A number alone would be rounded to float32 on its way.
            numbers = [ir.tensor(np.array(item)) if isinstance(item, float) else None for item in inputs]
            values = [
                item if number is None else op.Constant(value=number)
                for item, number in zip(inputs, numbers, strict=True)
            ]
            return getattr(op, name)(*values)

        return op.CastLike(function(write, op.Cast(self, to=_DOUBLE)), self)

    return translate


OP = Operator(
    {
        "aten.erfc.default": _of_doubles(_double_functions.erfc),
        "aten.special_erfc.default": _of_doubles(_double_functions.erfc),
        "aten.special_erfcx.default": _of_doubles(_double_functions.erfcx),
    }
)
