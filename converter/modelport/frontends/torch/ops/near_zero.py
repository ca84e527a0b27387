"""aten.log1p and aten.expm1, which keep their digits near 0, and aten.logaddexp and logaddexp2, which are made of log1p.

The exporter writes log(1 + x) and exp(x) - 1, which have none left below 1e-7, and log(exp(a) + exp(b)), which overflows above 88.

Source: aten/src/ATen/native/cpu/BinaryOpsKernel.cpp, logaddexp_kernel: max(a, b) + log1p(exp(-|a - b|)).
"""

import math
from collections.abc import Callable
from typing import Any

from modelport.frontends._double_functions import expm1, log1p
from modelport.frontends.torch._doubles import of_doubles
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: writers give values of onnxscript.
def _logaddexp(w: Callable[..., Any], a: Any, b: Any) -> Any:
    return _added(w, a, b, 1.0)


def _logaddexp2(w: Callable[..., Any], a: Any, b: Any) -> Any:
    return _added(w, a, b, math.log(2.0))


def _added(w: Callable[..., Any], a: Any, b: Any, scale: float) -> Any:
    """The logarithm of a sum of powers of exp(scale)."""
    # Of two infinities of one sign the difference is no number.
    apart = w("Where", w("Equal", a, b), 0.0, w("Abs", w("Sub", a, b)))
    rest = log1p(w, w("Exp", w("Mul", apart, -scale)))
    return w("Add", w("Max", a, b), w("Div", rest, scale))


OP = Operator(
    {
        "aten.log1p.default": of_doubles(log1p),
        "aten.expm1.default": of_doubles(expm1),
        "aten.logaddexp.default": of_doubles(_logaddexp),
        "aten.logaddexp2.default": of_doubles(_logaddexp2),
    }
)
