"""What a file in repairs/ defines."""

from collections.abc import Callable
from dataclasses import dataclass

import onnx_ir as ir

from modelport._registry import scan

__all__ = ["Repair", "repair"]


@dataclass(frozen=True)
class Repair:
    """Mends one fault of the exporter. ``apply`` changes the graph in place and says in how many places."""

    name: str
    apply: Callable[[ir.Model], int]


def repair(model: ir.Model) -> list[str]:
    """Applies every repair, in the order of their names; returns those that changed something."""
    found = scan("modelport.frontends.torch.repairs", "REPAIR", Repair)
    return [one.name for _, one in sorted(found, key=lambda pair: pair[1].name) if one.apply(model)]
