"""Pooling of images [N, H, W, C]."""

from typing import Any

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.layout import channels_first, channels_last, padding
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import FLOAT
from modelport.frontends.tensorflow.tflite.weights import put_whole

__all__ = ["OPS"]


def _pooled(node: Node, op_type: str, image: Value) -> Value:
    options = node.options
    attributes: dict[str, Any] = {"auto_pad": padding(node)}
    if op_type == "AveragePool":
        attributes["count_include_pad"] = 0
    pooled = node.op(
        op_type,
        image,
        kernel_shape=[int(options.filterHeight), int(options.filterWidth)],
        strides=[int(options.strideH), int(options.strideW)],
        **attributes,
    )
    return pooled


def _average(node: Node) -> None:
    source = node.operator.inputs[0]
    if node.scope.keeps(source) and node.same(0) and node.tensor(0).dtype != "int16":
        _whole_average(node)
        return
    image = channels_first(node.emit, node.real(0))
    node.put_final(channels_last(node.emit, node.activated(_pooled(node, "AveragePool", image))))


def _whole_average(node: Node) -> None:
    """The mean of the integers as they are stored; the kernel rounds halves away from zero."""
    emit = node.emit
    image = channels_first(emit, emit.cast(node.raw(0), FLOAT))
    mean = _pooled(node, "AveragePool", image)
    away = node.op("Floor", node.op("Add", node.op("Abs", mean), node.float(0.5)))
    put_whole(node, channels_last(emit, node.op("Mul", node.op("Sign", mean), away)))


def _greatest(node: Node) -> None:
    kept = node.scope.keeps(node.operator.inputs[0])
    plain = not int(node.options.fusedActivationFunction or 0)
    if kept and plain and node.same(0):
        # MaxPool takes 8-bit integers as they are.
        image = channels_first(node.emit, node.raw(0))
        if node.tensor(0).dtype != "int16":
            node.put(channels_last(node.emit, _pooled(node, "MaxPool", image)))
            return
    image = channels_first(node.emit, node.real(0))
    node.put_final(channels_last(node.emit, node.activated(_pooled(node, "MaxPool", image))))


def _root_mean_square(node: Node) -> None:
    image = channels_first(node.emit, node.real(0))
    mean = _pooled(node, "AveragePool", node.op("Mul", image, image))
    node.put_final(channels_last(node.emit, node.activated(node.op("Sqrt", mean))))


OPS: dict[str, Handler] = {"AVERAGE_POOL_2D": _average, "L2_POOL_2D": _root_mean_square, "MAX_POOL_2D": _greatest}
