"""One case: a module, a sample of its inputs, and the axes beside the batch that callers choose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Case", "calling", "floats", "wholes"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Case:
    """``make`` returns the module, random weights and all; ``sample`` are its inputs in the order of forward."""

    name: str
    family: str
    make: Callable[[], Any]
    sample: tuple[Array, ...]
    dynamic: Sequence[str] = ()


# Any: a function of tensors, and the module of torch that calls it.
def calling(function: Callable[..., Any], count: int) -> Any:
    """A module whose forward takes x, y, z, as many as ``count``, and calls the function."""
    from torch import nn

    class One(nn.Module):
        def forward(self, x: Any) -> Any:
            return function(x)

    class Two(nn.Module):
        def forward(self, x: Any, y: Any) -> Any:
            return function(x, y)

    class Three(nn.Module):
        def forward(self, x: Any, y: Any, z: Any) -> Any:
            return function(x, y, z)

    return (One, Two, Three)[count - 1]()


def floats(*shape: int) -> Array:
    """Normal numbers, float32."""
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def wholes(*shape: int, low: int = 0, high: int = 10) -> Array:
    """Whole numbers from ``low`` to ``high``, the latter not among them; int64."""
    return np.random.default_rng(4).integers(low, high, size=shape)
