"""What a pass is: a rewrite of the graph with its conditions in code."""

from collections.abc import Callable
from dataclasses import dataclass

import onnx_ir as ir

__all__ = ["GraphPass"]


def _nothing(_: ir.Model) -> str | None:
    return None


@dataclass(frozen=True)
class GraphPass:
    """One rewrite of the main graph, in place.

    ``apply`` returns whether it changed anything; ``broken`` says what of the postcondition does not hold after it,
    None when all does.
    """

    name: str
    apply: Callable[[ir.Model], bool]
    broken: Callable[[ir.Model], str | None] = _nothing
