"""Encoders of torch that leave padded places out: while an export runs, they are computed as the eager call computes them.

Eager, nn.TransformerEncoder takes sequences without their padding (a nested tensor) where nothing forbids it, and gives 0 at padded
places, before its last normalisation. Traced, it computes the padding too. Which of the two an eager call takes hangs on
its mask, of all rows together: whether no token stands behind padding.

Read in the user's interpreter too, see ``_exported_net.py``. Source: torch/nn/modules/transformer.py, TransformerEncoder.forward;
aten/src/ATen/native/nested/NestedTensorMath.cpp, nested_tensor_from_mask and its question.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = ["padded_encoders"]


@contextlib.contextmanager
def padded_encoders() -> Iterator[None]:
    """Within, nn.TransformerEncoder gives when traced what it gives eagerly."""
    from torch import nn

    own = nn.TransformerEncoder.forward

    # Any: tensors of torch.
    def forward(
        self: Any, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None
    ) -> Any:
        if mask is not None or src_key_padding_mask is None or not _leaves_out(self, src):
            return own(self, src, mask, src_key_padding_mask, is_causal)
        return _without_padding(self, src, src_key_padding_mask)

    nn.TransformerEncoder.forward = forward
    try:
        yield
    finally:
        nn.TransformerEncoder.forward = own


# Any here and below: the encoder and tensors of torch.
def _leaves_out(encoder: Any, src: Any) -> bool:
    import torch

    return bool(
        torch.backends.mha.get_fastpath_enabled()
        and getattr(encoder, "use_nested_tensor", False)
        and not encoder.layers[0].training
        and src.dim() == 3
        and not torch.is_autocast_enabled()
    )


def _without_padding(encoder: Any, src: Any, mask: Any) -> Any:
    """Shapes: src float[N, T, E], mask bool or float[N, T] -> float[N, T, E].

    Of a mask of numbers each that is not 0 hides its place wholly, in the layers' own fast path too.
    """
    import torch

    hidden = mask if mask.dtype == torch.bool else mask.ne(0)
    # As many places from the end as are hidden anywhere.
    ending = torch.arange(src.size(1), device=src.device) >= (~hidden).sum(1, keepdim=True)
    if getattr(encoder, "mask_check", True):
        padding = ending & hidden.eq(ending).all()
    else:
        hidden = padding = ending
    padding = padding.unsqueeze(-1)
    # Padding that is no number would make one of its neighbours: 0 times NaN.
    output = src.masked_fill(padding, 0.0)
    for layer in encoder.layers:
        output = layer(output, src_mask=None, is_causal=False, src_key_padding_mask=hidden)
    output = output.masked_fill(padding, 0.0)
    return output if encoder.norm is None else encoder.norm(output)
