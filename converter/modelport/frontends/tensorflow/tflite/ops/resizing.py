"""Resizing of images [N, H, W, C]."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.layout import channels_first, channels_last
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import Refusal

__all__ = ["OPS"]


def _sizes(node: Node) -> tuple[list[int], list[int]] | None:
    """Height and width before and after, where the file states both."""
    before, after = node.tensor(0).shape[1:3], node.data(1)
    if after is None or None in before:
        return None
    return [int(length or 0) for length in before], [int(length) for length in after]


def _nearest(node: Node) -> None:
    sizes = _sizes(node)
    if sizes is None:
        _resized(node, "nearest")
        return
    corners, half = bool(node.options.alignCorners), bool(node.options.halfPixelCenters)

    def move(values: Sequence[Value]) -> Value:
        value = values[0]
        for axis, (before, after) in enumerate(zip(*sizes, strict=True), start=1):
            value = node.op("Gather", value, node.emit.ints(*_places(before, after, corners, half)), axis=axis)
        return value

    node.moved([0], move)


def _places(before: int, after: int, corners: bool, half: bool) -> list[int]:
    """Which pixels are taken, in float32 as the kernel computes it: another product lands beside a border now and then."""
    scale = (
        np.float32(before - 1) / np.float32(after - 1)
        if corners and after > 1
        else np.float32(before) / np.float32(after)
    )
    at = (np.arange(after, dtype=np.float32) + np.float32(0.5 if half else 0)) * scale
    places = np.floor(at + np.float32(0.5)) if corners else np.floor(at)
    return [int(place) for place in np.clip(places, 0, before - 1)]


def _resized(node: Node, mode: str) -> None:
    options = node.options
    if node.tensor(0).quantized and node.tensor(0).dtype == "int16":
        raise Refusal("in 16 bits, between which its kernel interpolates by 10")
    image = channels_first(node.emit, node.real(0))
    kept = node.op("Shape", image, dtype=node.emit.ints(0).dtype, end=2)
    sizes = node.op("Concat", kept, node.ints(1), axis=0)
    if options.alignCorners:
        coordinates = "align_corners"
    elif options.halfPixelCenters:
        coordinates = "half_pixel"
    else:
        coordinates = "asymmetric"
    attributes: dict[str, Any] = {"mode": mode, "coordinate_transformation_mode": coordinates}
    if mode == "nearest":
        # TensorFlow Lite rounds halves up where corners are aligned, and goes down from half pixels that it does not shift.
        attributes["nearest_mode"] = "round_prefer_ceil" if options.alignCorners else "floor"
        if options.halfPixelCenters and not options.alignCorners:
            attributes["coordinate_transformation_mode"] = "tf_half_pixel_for_nn"
    node.put_real(channels_last(node.emit, node.op("Resize", image, None, None, sizes, **attributes)))


OPS: dict[str, Handler] = {
    "RESIZE_BILINEAR": lambda node: _resized(node, "linear"),
    "RESIZE_NEAREST_NEIGHBOR": _nearest,
}
