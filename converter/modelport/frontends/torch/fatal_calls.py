"""Kernels of torchvision that end the process where a place is NaN or infinite: while a module is asked they raise instead.

Source: torchvision/csrc/ops/cpu, deform_conv2d_kernel.cpp and roi_align_common.h, which make whole numbers of places unchecked.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["survived"]

# Which argument holds the places.
_PLACES = {"deform_conv2d": 2, "roi_align": 1, "ps_roi_align": 1}


@contextlib.contextmanager
def survived() -> Iterator[None]:
    """Within, these kernels raise a ValueError; nothing changes where torchvision is not loaded, or torch is older than 2.9."""
    import torch

    if "torchvision" not in sys.modules or not hasattr(torch.library, "get_kernel"):
        yield
        return
    library = torch.library.Library("torchvision", "IMPL")
    try:
        for name, place in _PLACES.items():
            own = torch.library.get_kernel(f"torchvision::{name}", "CPU")
            library.impl(name, _checked(own, name, place), "CPU", with_keyset=True, allow_override=True)
        yield
    finally:
        library._destroy()


# Any: a kernel of torch, its tensors and numbers.
def _checked(own: Any, name: str, place: int) -> Callable[..., Any]:
    def call(keys: Any, *arguments: Any) -> Any:
        if not arguments[place].isfinite().all():
            raise ValueError(f"{name} takes finite places only")
        return own.call_boxed(keys, *arguments)

    return call
