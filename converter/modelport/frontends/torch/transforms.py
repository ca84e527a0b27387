"""torchvision's transforms within a net: those that are not exact are refused.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelport.errors import UnsupportedModelError

__all__ = ["refuse_resized_bytes"]

_HOME = "torchvision.transforms."


# Any here and below: modules and tensors of torch.
def refuse_resized_bytes(module: Any, call: Callable[[], Any], where: str) -> None:
    """Raises UnsupportedModelError where a transform resizes an image of bytes.

    torch does this in whole numbers, other ones on every kind of processor, and the pixels are off by one elsewhere.
    """
    found: list[str] = []
    hooks = []
    for name, layer in module.named_modules():
        kind = type(layer)
        if (
            not kind.__module__.startswith(_HOME)
            or "nearest" in str(getattr(layer, "interpolation", "nearest")).lower()
        ):
            continue

        def note(_: Any, given: Any, output: Any, name: str = f"{name} ({kind.__name__})") -> None:
            if "uint8" in str(given[0].dtype) and given[0].shape != output.shape:
                found.append(name)

        hooks.append(layer.register_forward_hook(note))
    if not hooks:
        return
    try:
        call()
    finally:
        for hook in hooks:
            hook.remove()
    if found:
        raise UnsupportedModelError(
            f"images of bytes are resized: {', '.join(found)}; torch rounds their pixels as the processor does",
            where=where,
            fix="make numbers of them before: ToDtype(torch.float32, scale=True) in front of the first transform that resizes",
        )
