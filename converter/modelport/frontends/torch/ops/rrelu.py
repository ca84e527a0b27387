"""aten.rrelu outside of training: a leaky ReLU whose slope is the mean of the two.

Source: aten/src/ATen/native/Activation.cpp, rrelu_with_noise_cpu.
"""

from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _rrelu(
    self: Any, noise: Any, lower: float = 0.125, upper: float = 1 / 3, training: bool = False, generator: Any = None
) -> tuple[Any, Any]:
    from onnxscript import opset18

    if training:
        raise UnsupportedModelError(
            "rrelu draws its slopes at random in training mode", where="the module", fix="call eval() on it"
        )
    op: Any = opset18
    return op.LeakyRelu(self, alpha=(lower + upper) / 2), op.Identity(noise)


def _alone(*given: Any, **named: Any) -> Any:
    return _rrelu(*given, **named)[0]


OP = Operator({"aten.rrelu_with_noise_functional.default": _rrelu, "aten.rrelu_with_noise.default": _alone})
