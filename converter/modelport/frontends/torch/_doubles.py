"""Translations of functions of torch that are written for float64: computed there and rounded once."""

from collections.abc import Callable
from typing import Any

__all__ = ["of_doubles"]

_DOUBLE = 11


# Any: values and operators of onnxscript.
def of_doubles(function: Callable[..., Any]) -> Callable[..., Any]:
    """The translation of a function that takes a writer and tensors of float64; it gives the type of the first tensor."""

    def translate(*tensors: Any) -> Any:
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

        return op.CastLike(function(write, *(op.Cast(tensor, to=_DOUBLE) for tensor in tensors)), tensors[0])

    return translate
