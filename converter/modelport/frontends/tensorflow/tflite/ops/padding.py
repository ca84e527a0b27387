"""Operators that put a border around a tensor; integers are padded by what stands for 0."""

from collections.abc import Sequence

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import Refusal

__all__ = ["OPS"]


def _padded(node: Node) -> None:
    pads = _pads(node)

    def move(values: Sequence[Value]) -> Value:
        kept = node.scope.keeps(node.operator.inputs[0]) and node.same(0)
        if len(values) > 1:
            return node.op("Pad", values[0], pads, values[1])
        quantization = node.scope.quantized(node.operator.inputs[0])
        if kept and quantization is not None:
            zero = node.emit.constant(quantization.zero[0].astype(node.tensor(0).dtype))
            return node.op("Pad", values[0], pads, zero)
        return node.op("Pad", values[0], pads)

    node.moved([0, 2] if node.has(2) else [0], move)


def _pads(node: Node) -> Value:
    """[rank, 2] -> all before, then all behind."""
    data = node.data(1)
    if data is not None:
        return node.emit.constant(data.T.reshape(-1), np.int64)
    return node.op("Reshape", node.op("Transpose", node.int64(1), perm=[1, 0]), node.emit.ints(-1))


def _mirrored(node: Node) -> None:
    if int(node.options.mode) == 0:
        pads = _pads(node)
        node.moved([0], lambda values: node.op("Pad", values[0], pads, mode="reflect"))
        return
    data = node.constant(1, "how far it is padded")
    shape = node.tensor(0).shape
    if any((before or behind) and shape[axis] is None for axis, (before, behind) in enumerate(data.tolist())):
        raise Refusal("symmetric along an axis of unknown length")

    def move(values: Sequence[Value]) -> Value:
        value = values[0]
        for axis, (before, behind) in enumerate(data.tolist()):
            if before or behind:
                places = np.pad(np.arange(shape[axis] or 0), (before, behind), mode="symmetric")
                value = node.op("Gather", value, node.emit.constant(places, np.int64), axis=axis)
        return value

    node.moved([0], move)


OPS: dict[str, Handler] = {
    "MIRROR_PAD": _mirrored,
    "PAD": _padded,
    "PADV2": _padded,
}
