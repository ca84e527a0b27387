"""Images made smaller without aliasing: refused with align_corners=True, whose places torch's kernel takes in a way of its own.

Source: aten/src/ATen/native/cpu/UpSampleKernel.cpp; Resize-19, whose align_corners is that of images that are not smoothed.
"""

from collections.abc import Callable
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


def _translation(name: str) -> Callable[..., Any]:
    # Any: values of onnxscript.
    def translate(self: Any, output_size: Any, align_corners: bool, *scales: Any, **named: Any) -> Any:
        from onnxscript.function_libs.torch_lib.ops import nn

        if align_corners:
            raise UnsupportedModelError(
                f"aten.{name} with align_corners=True has no form in ONNX",
                where="the module",
                fix="resize with align_corners=False, or with antialias=False",
            )
        return getattr(nn, f"aten_{name}")(self, output_size, align_corners, *scales, **named)

    return translate


_NAMES = ("_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa")

OP = Operator({f"aten.{name}.default": _translation(name) for name in _NAMES})
