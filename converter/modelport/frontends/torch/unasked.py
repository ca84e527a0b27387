"""Questions that torch's own layers ask of values, and that change no answer: while an export runs they are not asked.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["unasked"]


@contextlib.contextmanager
def unasked() -> Iterator[None]:
    """Within, the tracer is not led to a branch over data by the layers and distributions in the list below."""
    found = []
    for (module, path), replaced in _INSTEAD.items():
        *outer, name = path.split(".")
        owner = sys.modules.get(module)
        for part in outer:
            owner = getattr(owner, part, None)
        if hasattr(owner, name):
            found.append((owner, name, replaced))
    before = [getattr(owner, name) for owner, name, _ in found]
    for owner, name, replaced in found:
        setattr(owner, name, replaced)
    try:
        yield
    finally:
        for (owner, name, _), own in zip(found, before, strict=True):
            setattr(owner, name, own)


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


# (module, function or attribute of a class): what stands in its place.
_INSTEAD: dict[tuple[str, str], Any] = {
    # Whether parameters and values are valid changes no answer: where they are not, the eager call raises.
    ("torch.distributions.distribution", "Distribution._validate_args"): False,
    ("torch.nn.modules.transformer", "_detect_is_causal_mask"): _is_causal,
    ("torchvision.transforms._functional_tensor", "normalize"): _normalized,
}
