"""Questions that torch's own layers ask of values, and that change no answer: while an export runs they are not asked.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["unasked"]


@contextlib.contextmanager
def unasked() -> Iterator[None]:
    """Within, the tracer is not led to a branch over data by the layers in the list below."""
    found = [
        (sys.modules[module], name, replaced) for (module, name), replaced in _INSTEAD.items() if module in sys.modules
    ]
    found = [(module, name, replaced) for module, name, replaced in found if hasattr(module, name)]
    before = [getattr(module, name) for module, name, _ in found]
    for module, name, replaced in found:
        setattr(module, name, replaced)
    try:
        yield
    finally:
        for (module, name, _), own in zip(found, before, strict=True):
            setattr(module, name, own)


# Any here and below: tensors of torch.
def _normalized(tensor: Any, mean: list[float], std: list[float], inplace: bool = False) -> Any:
    """Of torchvision's first transforms: whether a width is 0 the eager call has asked."""
    import torch

    middle = torch.tensor(mean, dtype=tensor.dtype).view(-1, 1, 1)
    width = torch.tensor(std, dtype=tensor.dtype).view(-1, 1, 1)
    return (tensor - middle) / width


def _is_causal(mask: Any, is_causal: bool | None = None, size: int | None = None) -> bool:
    """Of torch's transformers: whether a mask happens to be causal only chooses the kernel; the mask is added all the same."""
    return is_causal is True


# (module, function): what stands in its place.
_INSTEAD: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch.nn.modules.transformer", "_detect_is_causal_mask"): _is_causal,
    ("torchvision.transforms._functional_tensor", "normalize"): _normalized,
}
