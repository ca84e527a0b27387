"""Finds the texts that a graph knows: what it compares those of an input with, and what it looks them up in."""

from collections.abc import Iterator

import onnx_ir as ir

from modelport.ir.texts import as_texts

__all__ = ["known_texts"]

# Attributes that hold what a text is looked up among.
_KEYS = ("keys_strings", "cats_strings", "pool_strings", "stopwords")


def known_texts(model: ir.Model) -> dict[str, tuple[str, ...]]:
    """Returns for each input of texts, by name, the texts that nodes know to which its own go, each once and in order.

    It follows texts through every node that hands texts on, loops and branches too.
    """
    return {
        value.name: tuple(dict.fromkeys(_texts(value)))
        for value in model.graph.inputs
        if _is_text(value) and value.name
    }


def _texts(start: ir.Value) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for node in (user.node for user in waiting.pop().uses()):
            yield from _known_to(node)
            reached = [*node.outputs, *_inner(node)]
            waiting += [value for value in reached if _is_text(value) and value not in seen]
            seen.update(reached)


def _inner(node: ir.Node) -> Iterator[ir.Value]:
    """The inputs of the graphs in a node, which it feeds."""
    for attribute in node.attributes.values():
        if attribute.type == ir.AttributeType.GRAPH:
            yield from attribute.as_graph().inputs


def _known_to(node: ir.Node) -> Iterator[str]:
    for name in _KEYS:
        if (attribute := node.attributes.get(name)) is not None:
            yield from attribute.as_strings()
    tensors = [value.const_value for value in node.inputs if value is not None and _is_text(value)]
    if (keys := node.attributes.get("keys_tensor")) is not None:
        tensors.append(keys.as_tensor())
    for tensor in tensors:
        if tensor is not None and tensor.dtype == ir.DataType.STRING:
            yield from _readable(tensor)


def _readable(tensor: ir.TensorProtocol) -> list[str]:
    try:
        return list(as_texts(tensor.numpy()).ravel())
    except ValueError:  # bytes that are no UTF-8 are never given
        return []


def _is_text(value: ir.Value) -> bool:
    return value.dtype == ir.DataType.STRING
