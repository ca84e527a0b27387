"""aten._is_all_true and _is_any_true, with which torch's own layers check their arguments; programs of torch.export hold them.

Source: aten/src/ATen/native/ReduceAllOps.cpp.
"""

from collections.abc import Callable
from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


def _by(name: str) -> Callable[[Any], Any]:
    # Any: values of onnxscript.
    def translate(self: Any) -> Any:
        from onnxscript.function_libs.torch_lib.ops import core

        return getattr(core, name)(self)

    return translate


OP = Operator({"aten._is_all_true.default": _by("aten_all"), "aten._is_any_true.default": _by("aten_any")})
