"""Puts a script into one that takes and gives plain tensors by place: what its forward has of structures is written around it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from modelport.frontends.torch.export import quiet

__all__ = ["INNER", "copied", "watched", "wrapped"]

# What the script is called within its wrapper; names of layers have it in front.
INNER = "inner"


# Any here and below: modules, graphs and values of torch.
def copied(module: Any) -> Any:
    """A module of its own with the same code and weights: exporters change the graphs that they are given."""
    import torch

    with quiet():
        return torch.jit.load(io.BytesIO(module.save_to_buffer()), map_location="cpu")


def wrapped(module: Any, arguments: Mapping[str, Any], result: Any) -> Any:
    """Returns a script whose forward takes the tensors in ``arguments``, flat and by place, and returns those in ``result``.

    Parameters that ``arguments`` lacks have their defaults.
    """
    import torch
    from torch.utils import _pytree as pytree

    # A class of its own each time: torch keeps one forward for each.
    class Outer(torch.nn.Module):  # type: ignore[misc]  # torch has no types that mypy may see here
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

    leaves, spec = pytree.tree_flatten(dict(arguments))
    names = [f"tensor_{place}" for place in range(len(leaves))]
    given = pytree.tree_unflatten(names, spec)
    called = ", ".join(f"{name}={_written(value)}" for name, value in given.items())
    paths = [path for path, leaf in pytree.tree_flatten_with_path(result)[0] if leaf is not None]
    returned = ", ".join("result" + "".join(map(_step, path)) for path in paths)
    with quiet():
        outer = torch.jit.script(Outer(copied(module)).eval())
    outer.define(
        f"def forward(self, {', '.join(names)}):\n"
        f"    result = self.{INNER}({called})\n"
        f"    return {returned if len(paths) == 1 else f'({returned},)'}\n"
    )
    return outer


def watched(module: Any) -> tuple[Any, list[str]]:
    """A copy that returns what each layer called by forward itself gives besides, and the names of these layers.

    A layer that is called in a branch or a loop, or gives no single tensor, is not among them.
    """
    import torch

    copy = copied(module)
    graph = copy.forward.graph
    calls = {
        call.inputsAt(0).node().s("name"): call.output()
        for call in graph.nodes()
        if call.kind() == "prim::CallMethod"
        and call.s("name") == "forward"
        and call.inputsAt(0).node().kind() == "prim::GetAttr"
        and str(call.output().type()) == "Tensor"
    }
    values: Sequence[Any] = [next(graph.return_node().inputs()), *calls.values()]
    together = graph.create("prim::TupleConstruct", values, 1)
    together.insertBefore(graph.return_node())
    together.output().setType(torch._C.TupleType([value.type() for value in values]))
    graph.return_node().replaceInput(0, together.output())
    return copy, list(calls)


def _written(value: Any) -> str:
    """The source of a structure whose leaves are names."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_written(item)}" for key, item in value.items()) + "}"
    items = "".join(f"{_written(item)}, " for item in value)
    return f"[{items}]" if isinstance(value, list) else f"({items})"


def _step(key: Any) -> str:
    if hasattr(key, "name"):
        return f".{key.name}"
    return f"[{(key.key if hasattr(key, 'key') else key.idx)!r}]"
