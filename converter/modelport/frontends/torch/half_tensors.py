"""Half precision in what torch takes and gives; read in the user's interpreter too, see ``_exported_net.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelport.frontends.torch.signature import Flat

__all__ = ["as_half", "halves_of", "rounded_as"]


def halves_of(outputs: Flat) -> dict[str, str]:
    """The half-precision types among what the module gave, by name."""
    import torch

    kinds = {torch.float16: "float16", torch.bfloat16: "bfloat16"}
    return {name: kinds[value.dtype] for name, value in outputs if value.dtype in kinds}


# Any here and below: a module, tensors and types of torch.
def as_half(tensor: Any, kind: Any) -> Any:
    """The tensor, floats in the half precision that is wanted."""
    import torch

    return tensor.to(kind) if tensor.is_floating_point() and kind in (torch.float16, torch.bfloat16) else tensor


def rounded_as(module: Any, tensors: Sequence[Any]) -> list[Any] | None:
    """The tensors with floats in the half precision of all the module's weights; None where its weights are no such.

    No .npz file holds bfloat16.
    """
    import torch

    kinds = {weight.dtype for weight in module.parameters() if weight.is_floating_point()}
    kind = kinds.pop() if len(kinds) == 1 else None
    return [as_half(tensor, kind) for tensor in tensors] if kind in (torch.float16, torch.bfloat16) else None
