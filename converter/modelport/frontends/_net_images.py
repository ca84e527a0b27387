"""Tells which inputs of a graph are images, and in which order their axes lie: what the first convolution takes them for."""

from collections.abc import Iterator
from typing import Literal

import onnx_ir as ir

__all__ = ["image_layout"]

Layout = Literal["NCHW", "NHWC"]

_LAYOUTS: dict[str, Layout] = {"NCHW": "NCHW", "NHWC": "NHWC"}
# ONNX's own order is NCHW in each of these.
_ON_IMAGES = frozenset(
    "Conv ConvInteger QLinearConv ConvTranspose MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool LRN DepthToSpace "
    "SpaceToDepth BatchNormalization InstanceNormalization".split()
)
# What leaves axes where they are.
_IN_PLACE = frozenset(
    "Identity Cast Add Sub Mul Div Pow Min Max Clip Neg Abs Sqrt Reciprocal Exp Log Relu LeakyRelu PRelu Sigmoid Tanh Elu Selu "
    "HardSigmoid HardSwish Softplus Erf Where Pad Slice Resize Round Floor Ceil QuantizeLinear DequantizeLinear Concat Sum".split()
)
_RANK = 4
_Axes = tuple[int, ...]


def image_layout(value: ir.Value) -> Layout | None:
    """Returns the order of the axes of a graph's input, None where nothing takes it for images.

    Where two operators take it in two ways, no order is told.
    """
    if value.shape is None or len(value.shape) != _RANK:
        return None
    found = set(_told(value))
    return _LAYOUTS.get(found.pop()) if len(found) == 1 else None


def _told(start: ir.Value) -> Iterator[str]:
    """Follows a tensor and where its axes go; ``axes[k]`` is the input's axis that is now axis k."""
    waiting: list[tuple[ir.Value, _Axes]] = [(start, (0, 1, 2, 3))]
    seen = {start}
    while waiting:
        value, axes = waiting.pop()
        for user in value.uses():
            node = user.node
            if node.op_type in _ON_IMAGES and user.idx == 0:
                yield "".join("NCHW"[axes.index(axis)] for axis in range(_RANK))
                continue
            moved = _moved(node, axes)
            if moved is not None and node.outputs[0] not in seen:
                seen.add(node.outputs[0])
                waiting.append((node.outputs[0], moved))


def _moved(node: ir.Node, axes: _Axes) -> _Axes | None:
    """Where the axes lie after a node; None where that is not known."""
    if node.op_type in _IN_PLACE:
        return axes
    if node.op_type == "Transpose":
        order = node.attributes.get_ints("perm", ())
        return tuple(axes[place] for place in order) if len(order) == _RANK else None
    if node.op_type == "Reshape":
        return _reshaped(node, axes)
    return None


def _reshaped(node: ir.Node, axes: _Axes) -> _Axes | None:
    """Of images with one channel, exporters write the move of that axis as another shape."""
    before = node.inputs[0].shape if node.inputs[0] is not None else None
    target = node.inputs[1].const_value if node.inputs[1] is not None else None
    if before is None or target is None or len(before) != _RANK:
        return None
    after = target.numpy().tolist()
    if len(after) != _RANK or after[0] not in (-1, 0, before[0]):
        return None
    lengths = [length for length in before[1:] if isinstance(length, int)]
    if len(lengths) < _RANK - 1 or sum(length == 1 for length in lengths) != 1:
        return None
    if after[1:] == [lengths[2], *lengths[:2]] and lengths[2] == 1:
        return (axes[0], axes[3], axes[1], axes[2])
    if after[1:] == [*lengths[1:], lengths[0]] and lengths[0] == 1:
        return (axes[0], axes[2], axes[3], axes[1])
    return None
