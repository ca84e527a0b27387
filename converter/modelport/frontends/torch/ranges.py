"""The least and greatest length of each axis that torch.export found by following the lengths through the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["axis_limits"]

# Above this torch means that nothing limits a length.
_MANY = 1 << 31


# Any: torch.export.ExportedProgram and sympy's numbers in it.
def axis_limits(program: Any, inputs: Sequence[str]) -> dict[tuple[str, int], tuple[int, int | None]]:
    """Returns {(input, axis): (least, greatest)} of the axes that are open; None where nothing limits a length.

    torch.export takes lengths of 0 and 1 for constants and so says 2 where it was not shown less: that is no limit.
    """
    values = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    given = [values[name] for name in program.graph_signature.user_inputs if name in values]
    limits: dict[tuple[str, int], tuple[int, int | None]] = {}
    for name, tensor in zip(inputs, given, strict=False):
        for axis, length in enumerate(tensor.shape):
            bounds = program.range_constraints.get(getattr(getattr(length, "node", None), "expr", None))
            if bounds is not None:
                least, most = _number(bounds.lower), _number(bounds.upper)
                limits[name, axis] = (0 if least is None or least <= 2 else least, most)
    return limits


def _number(bound: Any) -> int | None:
    """None for an infinity, sympy's or torch's own."""
    text = str(bound)
    return int(text) if text.isdigit() and int(text) < _MANY else None
