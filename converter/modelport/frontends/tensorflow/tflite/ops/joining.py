"""Operators that join tensors and take them apart."""

from collections.abc import Sequence

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node

__all__ = ["OPS"]


def _concatenate(node: Node) -> None:
    axis = node.axis(int(node.options.axis))
    if int(node.options.fusedActivationFunction or 0):
        parts = [node.real(place) for place in range(len(node.operator.inputs))]
        node.put_real(node.op("Concat", *parts, axis=axis))
        return
    node.moved(range(len(node.operator.inputs)), lambda values: node.op("Concat", *values, axis=axis))


def _pack(node: Node) -> None:
    axis = int(node.options.axis)
    axis += node.rank() + 1 if axis < 0 else 0
    at = node.emit.ints(axis)

    def move(values: Sequence[Value]) -> Value:
        return node.op("Concat", *(node.op("Unsqueeze", value, at) for value in values), axis=axis)

    node.moved(range(len(node.operator.inputs)), move)


def _unpack(node: Node) -> None:
    axis = node.axis(int(node.options.axis))
    for place in range(len(node.operator.outputs)):

        def move(values: Sequence[Value], place: int = place) -> Value:
            return node.op("Squeeze", _part(node, values[0], axis, place, place + 1), node.emit.ints(axis))

        node.moved([0], move, place)


def _split(node: Node) -> None:
    """Inputs: the axis, the tensor."""
    axis = node.axis(int(node.constant(0, "the axis").reshape(-1)[0]), 1)
    count = len(node.operator.outputs)
    width = node.tensor(1).shape[axis]
    if width is None:
        parts = node.emit.ops("Split", node.raw(1), outputs=count, axis=axis, num_outputs=count)
        for place, part in enumerate(parts):
            node.put(part, place)
        return
    _parts(node, 1, axis, [width // count] * count)


def _split_by_sizes(node: Node) -> None:
    axis = node.axis(int(node.constant(2, "the axis").reshape(-1)[0]))
    sizes = [int(size) for size in node.constant(1, "the sizes").ravel()]
    if -1 in sizes:
        width = node.tensor(0).shape[axis] or 0
        sizes[sizes.index(-1)] = width - sum(size for size in sizes if size >= 0)
    _parts(node, 0, axis, sizes)


def _parts(node: Node, source: int, axis: int, sizes: Sequence[int]) -> None:
    start = 0
    for place, size in enumerate(sizes):

        def move(values: Sequence[Value], start: int = start, size: int = size) -> Value:
            return _part(node, values[0], axis, start, start + size)

        node.moved([source], move, place)
        start += size


def _part(node: Node, value: Value, axis: int, start: int, end: int) -> Value:
    return node.op("Slice", value, node.emit.ints(start), node.emit.ints(end), node.emit.ints(axis))


OPS: dict[str, Handler] = {
    "CONCATENATION": _concatenate,
    "PACK": _pack,
    "SPLIT": _split,
    "SPLIT_V": _split_by_sizes,
    "UNPACK": _unpack,
}
