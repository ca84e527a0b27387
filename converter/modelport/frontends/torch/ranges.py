"""The least and greatest length of each axis that torch.export found by following the lengths through the source."""

from typing import Any

import onnx_ir as ir

__all__ = ["axis_limits"]

# Above this torch means that nothing limits a length.
_MANY = 1 << 31


# Any: torch.export.ExportedProgram and sympy's numbers in it.
def axis_limits(program: Any, model: ir.Model) -> dict[str, tuple[int, int | None]]:
    """Returns {symbol: (least, greatest)} of the symbols in the shapes of the graph's inputs; None where nothing limits it.

    torch.export takes lengths of 0 and 1 for constants and so says 2 where it was not shown less: that is no limit.
    """
    values = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    given = [values[name] for name in program.graph_signature.user_inputs if name in values]
    limits: dict[str, tuple[int, int | None]] = {}
    for value, tensor in zip(model.graph.inputs, given, strict=False):
        for symbol, length in zip(value.shape or (), tensor.shape, strict=False):
            bounds = program.range_constraints.get(getattr(getattr(length, "node", None), "expr", None))
            if bounds is not None and not isinstance(symbol, int):
                least, most = _number(bounds.lower), _number(bounds.upper)
                limits[str(symbol.value)] = (0 if least is None or least <= 2 else least, most)
    return limits


def _number(bound: Any) -> int | None:
    """None for an infinity, sympy's or torch's own."""
    text = str(bound)
    return int(text) if text.isdigit() and int(text) < _MANY else None
