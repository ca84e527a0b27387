"""Convolutions of one to three axes: grouped, with holes, and padded to the same size whatever the lengths and the stride.

tf2onnx knows no groups along three axes, and its padding fails where a window has holes or is shorter than its stride.
"""

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._windows import channels_first, channels_last, padded, window_of
from modelport.frontends.tensorflow._writing import Operand, Writer

__all__ = ["REPAIR"]


def _convolve(write: Writer) -> None:
    shape = _kernel_shape(write)
    axes = len(shape) - 2
    # From height, width, input and output channels to output and input channels, height, width.
    kernel = _moved(write, [axes + 1, axes, *range(axes)])
    _written(write, kernel, shape[:axes], _channels(write, axes) // shape[axes])


def _convolve_by_channel(write: Writer) -> None:
    height, width, channels, each = _kernel_shape(write)
    kernel = _moved(write, [2, 3, 0, 1])
    target = np.array([channels * each, 1, height, width], dtype=np.int64)
    kernel = kernel.reshape(target) if isinstance(kernel, np.ndarray) else write("Reshape", kernel, target)
    _written(write, kernel, [height, width], channels)


def _written(write: Writer, kernel: Operand, lengths: list[int], groups: int) -> None:
    window = window_of(write, lengths)
    image, pads = padded(write, channels_first(write, write.inputs[0], window), window, 0.0)
    operands = [image, kernel, *write.inputs[2:3]]
    made = write(
        "Conv",
        *operands,
        kernel_shape=lengths,
        strides=list(window.strides),
        dilations=list(window.dilations),
        group=groups,
        **pads,
    )
    channels_last(write, made, window)


def _moved(write: Writer, axes: list[int]) -> Operand:
    known = write.constant_of(1)
    return write("Transpose", write.inputs[1], perm=axes) if known is None else known.transpose(axes)


def _kernel_shape(write: Writer) -> list[int]:
    shape = write.shape_of(write.inputs[1])
    if shape is None or min(shape) < 0:
        raise ValueError("the kernel's shape is not known")
    return shape


def _channels(write: Writer, axes: int) -> int:
    shape = write.shape_of(write.inputs[0])
    place = 1 if write.attribute("data_format", "NHWC").startswith("NC") else axes + 1
    # Where it is not known the groups are taken as one: ONNX Runtime does not run a kernel of another depth.
    known = shape is not None and shape[place] >= 0
    return shape[place] if shape is not None and known else _kernel_shape(write)[axes]


REPAIR = Repair(
    "convolutions",
    {"Conv2D": _convolve, "Conv3D": _convolve, "DepthwiseConv2dNative": _convolve_by_channel},
)
