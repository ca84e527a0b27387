"""Watches the layers of a Keras model while it is called, by the names that its source gives them."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["in_source", "layer_names", "watched"]


# Any: Keras layers and what they return.
def layer_names(model: Any) -> dict[int, tuple[str, Any]]:
    """Returns {id: (name, layer)} of every layer inside; layers inside layers are called 'block/dense'."""
    found: dict[int, tuple[str, Any]] = {}
    own = f"{model.path or model.name}/"
    for layer in model._flatten_layers(include_self=False):
        name = str(layer.path or layer.name).removeprefix(own)
        found[id(layer)] = (name, layer)
    return found


@contextlib.contextmanager
def watched(model: Any | None, note: Callable[[str, Any], None]) -> Iterator[None]:
    """Calls ``note`` with the name of each layer and what it returned, within the layer's own scope of names."""
    changed = []
    for name, layer in layer_names(model).values() if model is not None else ():
        inner = layer.call

        def call(*args: Any, _name: str = name, _inner: Callable[..., Any] = inner, **kwargs: Any) -> Any:
            result = _inner(*args, **kwargs)
            note(_name, result)
            return result

        # Past Keras's own attributes, which keep account of what is set.
        object.__setattr__(layer, "call", call)
        changed.append(layer)
    try:
        yield
    finally:
        for layer in changed:
            object.__delattr__(layer, "call")


def in_source(layers: Mapping[str, str], scopes: Mapping[str, str]) -> dict[str, str]:
    """Tensors of the graph by the layer's own name: ``layers`` holds scopes of names, ``scopes`` which layer ran in one."""
    found: dict[str, str] = {}
    for tensor, scope in layers.items():
        parts = scope.split("/")
        inside = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        found[tensor] = next((scopes[name] for name in inside if name in scopes), scope)
    return found
