"""What functions that emit graphs ask of a front end's own scope, so that front ends can share them."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.claims import Local

__all__ = ["Emitting"]


class Emitting(Protocol):
    """Somewhere to put nodes, and what is claimed of how exact some of them are together."""

    builder: GraphBuilder

    def claim(
        self, value: ir.Value, of: Sequence[ir.Value], rule: Callable[[Local], npt.NDArray[np.float64]], reason: str
    ) -> ir.Value:
        """States how far a value made of several nodes may lie from the source's, as a function of ``of``."""
