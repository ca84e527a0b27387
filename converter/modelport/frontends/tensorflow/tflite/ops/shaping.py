"""Operators that change shapes and repeat elements; quantized integers move as they are."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS

__all__ = ["OPS"]

_INT64 = ir.DataType.INT64


def _reshape(node: Node) -> None:
    if node.has(1):
        shape = node.ints(1)
    else:
        shape = node.emit.ints(*(int(length) for length in node.options.newShape))
    # 0 is a length of 0 in TensorFlow.
    node.moved([0], lambda values: node.op("Reshape", values[0], shape, allowzero=1))


def _squeeze(node: Node) -> None:
    asked = [] if node.options.squeezeDims is None else [int(axis) for axis in node.options.squeezeDims]
    axes = asked or [axis for axis, length in enumerate(node.tensor(0).shape) if length == 1]
    node.moved([0], lambda values: node.op("Squeeze", values[0], node.emit.ints(*axes)) if axes else values[0])


def _expand_dims(node: Node) -> None:
    axes = node.ints(1)
    node.moved([0], lambda values: node.op("Unsqueeze", values[0], axes))


def _transpose(node: Node) -> None:
    perm = [int(axis) for axis in node.constant(1, "the order of axes").ravel()]
    perm = [node.axis(axis) for axis in perm]
    node.moved([0], lambda values: node.op("Transpose", values[0], perm=perm))


def _shape(node: Node) -> None:
    found = node.op("Shape", node.raw(0), dtype=_INT64)
    node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))


def _rank(node: Node) -> None:
    node.put(node.emit.constant(np.array(node.rank(), dtype=np.int32)))


def _tile(node: Node) -> None:
    repeats = node.ints(1)
    node.moved([0], lambda values: node.op("Tile", values[0], repeats))


def _broadcast(node: Node) -> None:
    shape = node.ints(1)
    node.moved([0], lambda values: node.op("Expand", values[0], shape))


def _broadcast_args(node: Node) -> None:
    one = ir.tensor(np.zeros(1, dtype=np.int64))
    parts = [node.op("ConstantOfShape", node.ints(place), dtype=_INT64, value=one) for place in (0, 1)]
    found = node.op("Shape", node.op("Add", *parts), dtype=_INT64)
    node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))


def _fill(node: Node) -> None:
    shape = node.ints(0)
    node.moved([1], lambda values: node.op("Expand", values[0], shape))


def _range(node: Node) -> None:
    node.put(node.op("Range", *(_scalar(node, place) for place in range(3))))


def _scalar(node: Node, place: int) -> Value:
    value = node.raw(place)
    return value if not node.rank(place) else node.op("Reshape", value, node.emit.constant(np.zeros(0, dtype=np.int64)))


OPS: dict[str, Handler] = {
    "BROADCAST_ARGS": _broadcast_args,
    "BROADCAST_TO": _broadcast,
    "EXPAND_DIMS": _expand_dims,
    "FILL": _fill,
    "RANGE": _range,
    "RANK": _rank,
    "RESHAPE": _reshape,
    "SHAPE": _shape,
    "SQUEEZE": _squeeze,
    "TILE": _tile,
    "TRANSPOSE": _transpose,
}
