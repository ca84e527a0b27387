"""A claim: how far a value may lie from the source's, where theory says more than the nodes that make it do one by one.

log1p has no kernel; it is built of an addition, a logarithm and a division that together keep a few ULP, although an
interval would lose all digits near 0. Who emits such nodes claims the error of the whole, with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Claim", "Local"]

Array = npt.NDArray[np.float64]


class Local(Protocol):
    """What a rule may look at: the value and the deviation of each input, and the result."""

    def x(self, index: int = 0) -> Array:
        """The value of an input."""

    def d(self, index: int = 0) -> Array:
        """The deviation of an input, 0 where it has none."""

    def ends(self, index: int = 0) -> tuple[Array, Array]:
        """The least and greatest value of an input."""

    @property
    def result(self) -> Array:
        """The value of the output."""

    @property
    def eps(self) -> float:
        """The machine epsilon of the output's type."""

    def spread(self, *candidates: Array) -> Array:
        """The greatest distance of the candidates from the result; equal infinities and NaNs lie 0 apart."""


@dataclass(frozen=True)
class Claim:
    """``tensor`` is a function of the tensors ``of``; ``rule`` gives its deviation, for the stated ``reason``.

    ``candidates``, of indices [N, K] into M rows: bool [N, M], which rows may stand at a place that is undefined.
    """

    tensor: str
    of: tuple[str, ...]
    rule: Callable[[Local], Array]
    reason: str
    candidates: Callable[[Local], npt.NDArray[np.bool_]] | None = None
