"""Which operators of a net the exporter cannot translate, all of them and each with its layer; it names only the first itself."""

import traceback
from collections.abc import Iterator
from typing import Any

from modelport.errors import UnsupportedModelError

__all__ = ["ended_at", "nearest", "refused", "untranslated"]

_COMPLEX = " of complex numbers"

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
            known = registry.is_registered(node.target)
            complex_ = (
                known and _of_complex(node) and not any(one.is_complex for one in registry.get_decomps(node.target))
            )
            if not known or complex_:
                found[f"{_operator(node)}{_COMPLEX if complex_ else ''}{_in_layer(node)}"] = None
        if found:
            return list(found)
    return []


def ended_at(err: BaseException | None) -> str | None:
    """Returns 'aten.conv1d in encoder', whose translation ended; None where it was not one."""
    while err is not None:
        nodes: list[Any] = [frame.f_locals.get("node") for frame, _ in traceback.walk_tb(err.__traceback__)]
        for node in nodes:
            if getattr(node, "op", None) == "call_function" and hasattr(node.target, "_schema"):
                return f"{_operator(node)}{_in_layer(node)}"
        err = err.__cause__
    return None


def refused(err: BaseException | None) -> tuple[str, str] | None:
    """What a translation of ours refuses, with its layer, and what to do; None where the exporter ended for another reason."""
    while err is not None:
        if isinstance(err, UnsupportedModelError):
            nodes = [frame.f_locals.get("node") for frame, _ in traceback.walk_tb(err.__traceback__)]
            layer = next((_in_layer(node) for node in nodes if hasattr(node, "meta")), "")
            return f"{err.what}{layer}", err.fix
        err = err.__cause__
    return None


def nearest(operators: list[str]) -> list[str]:
    """Returns what to write instead of each, as far as it is known."""
    names = dict.fromkeys(operator.split(" ")[0].split(".")[1].lstrip("_") for operator in operators)
    near = [f"{name}: {_NEAREST[base]}" for name in names for base in _NEAREST if name in (base, f"{base}_forward")]
    if any(_COMPLEX in operator for operator in operators):
        near.append(
            "complex numbers: write these operators with the real and the imaginary part, as torch.view_as_real gives them"
        )
    return near


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


def _of_complex(node: Any) -> bool:
    given = [argument.meta.get("val") for argument in node.all_input_nodes]
    return any(hasattr(value, "is_complex") and value.is_complex() for value in given)


def _in_layer(node: Any) -> str:
    """' in encoder.act', '' where that is the module itself."""
    stack = node.meta.get("nn_module_stack") or {}
    names = [str(place[0]).removeprefix("L['self'].").removeprefix("L['self']") for place in stack.values()]
    return next((f" in {name}" for name in reversed(names) if name), "")
