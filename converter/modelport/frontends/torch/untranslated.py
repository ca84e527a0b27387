"""Which operators of a net the exporter cannot translate, all of them and each with its layer; it names only the first itself."""

import traceback
from collections.abc import Iterator
from typing import Any

from modelport.errors import UnsupportedModelError

__all__ = ["nearest", "refused", "untranslated"]

# What to write instead, by the operator's name.
_NEAREST = {
    "cdist": "torch.linalg.vector_norm(a[:, :, None] - b[:, None], dim=-1)",
    "cummax": "a fixed number of torch.maximum",
    "cummin": "a fixed number of torch.minimum",
    "histc": "torch.bucketize and torch.nn.functional.one_hot",
    "linalg_inv_ex": "the inverse computed once, as a buffer",
    "linalg_solve_ex": "the inverse computed once, as a buffer, and a product with it",
    "median": "torch.topk(x, n // 2 + 1, largest=False)",
    "mode": "torch.nn.functional.one_hot, its sum and argmax",
    "nanmedian": "torch.topk(x, n // 2 + 1, largest=False)",
}


def untranslated(err: BaseException) -> list[str]:
    """Returns 'aten.erfinv in encoder.act' for each, none where the exporter ended for another reason."""
    for graph, registry in _translations(err):
        found: dict[str, None] = {}
        for node in graph.nodes:
            if node.op != "call_function" or not hasattr(node.target, "_schema") or node.target.namespace == "onnx":
                continue
            if not registry.is_registered(node.target):
                layer = _layer(node)
                found[f"{_operator(node)}{f' in {layer}' if layer else ''}"] = None
        if found:
            return list(found)
    return []


def refused(err: BaseException | None) -> tuple[str, str] | None:
    """What a translation of ours refuses, with its layer, and what to do; None where the exporter ended for another reason."""
    while err is not None:
        if isinstance(err, UnsupportedModelError):
            nodes = [frame.f_locals.get("node") for frame, _ in traceback.walk_tb(err.__traceback__)]
            layer = next((_layer(node) for node in nodes if hasattr(node, "meta")), "")
            return f"{err.what}{f' in {layer}' if layer else ''}", err.fix
        err = err.__cause__
    return None


def nearest(operators: list[str]) -> list[str]:
    """Returns what to write instead of each, as far as it is known."""
    names = dict.fromkeys(operator.split(" ")[0].split(".")[1].lstrip("_") for operator in operators)
    return [f"{name}: {_NEAREST[base]}" for name in names for base in _NEAREST if name in (base, f"{base}_forward")]


# Any: torch.fx graphs and nodes, and the exporter's table of translations, which stand in the frames of its error.
def _translations(err: BaseException | None) -> Iterator[tuple[Any, Any]]:
    while err is not None:
        for frame, _ in traceback.walk_tb(err.__traceback__):
            graph, registry = frame.f_locals.get("fx_graph"), frame.f_locals.get("registry")
            if hasattr(graph, "nodes") and hasattr(registry, "is_registered"):
                yield graph, registry
        err = err.__cause__


def _operator(node: Any) -> str:
    """The operator of the source, not what torch made of it on the way."""
    target = node.meta.get("original_aten") or node.target
    return f"{target.namespace}.{target._schema.name.split('::')[-1]}"


def _layer(node: Any) -> str:
    stack = node.meta.get("nn_module_stack") or {}
    names = [str(place[0]).removeprefix("L['self'].").removeprefix("L['self']") for place in stack.values()]
    return next((name for name in reversed(names) if name), "")
