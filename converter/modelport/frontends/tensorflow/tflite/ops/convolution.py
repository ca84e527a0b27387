"""Convolutions of images [N, H, W, C] and volumes, with kernels [O, H, W, I]; transposed ones too."""

from collections.abc import Callable
from typing import Any

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.layout import channels_first, channels_last, padding
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import Refusal
from modelport.frontends.tensorflow.tflite.weights import bias_of, inputs_of, products, weights_of

__all__ = ["OPS"]


def _convolve(node: Node, perm: list[int], groups: int, strides: list[int], dilations: list[int]) -> None:
    rank = len(perm)
    kernel = [node.tensor(1).static[axis] for axis in perm[2:]]
    pads = _pads(node, kernel, strides, dilations)

    def compute(x: Value, weights: Value, bias: Value | None) -> Value:
        image = channels_first(node.emit, x, rank)
        return node.op("Conv", image, weights, bias, group=groups, strides=strides, dilations=dilations, **pads)

    _both(node, perm, compute)


def _pads(node: Node, kernel: list[int], strides: list[int], dilations: list[int]) -> dict[str, Any]:
    """ONNX Runtime does not pad dilated kernels by itself."""
    if padding(node) == "VALID" or set(dilations) == {1}:
        return {"auto_pad": padding(node)}
    begins, ends = [], []
    for length, width, stride, dilation in zip(node.tensor(0).shape[1:-1], kernel, strides, dilations, strict=True):
        reach = (width - 1) * dilation
        if stride == 1:
            total = reach
        elif length is None:
            raise Refusal("dilated and strided over images of unknown size")
        else:
            total = max((-(-length // stride) - 1) * stride + reach + 1 - length, 0)
        begins.append(total // 2)
        ends.append(total - total // 2)
    return {"pads": [*begins, *ends]}


def _both(node: Node, perm: list[int], compute: Callable[[Value, Value, Value | None], Value]) -> None:
    rank = len(perm)

    def whole(x: Value, weights: Value, bias: Value | None) -> Value:
        return channels_last(node.emit, compute(x, weights, bias), rank)

    if products(node, perm, [-1], whole):
        return
    sums = compute(inputs_of(node, 0, 1), weights_of(node, 1, perm), bias_of(node, 2))
    node.put_final(channels_last(node.emit, node.activated(sums), rank))


def _conv(node: Node) -> None:
    options = node.options
    channels, width = node.tensor(0).shape[-1], node.tensor(1).static[-1]
    if channels is None or channels % width:
        raise Refusal("the number of channels is not known")
    strides = [int(options.strideH), int(options.strideW)]
    dilations = [int(options.dilationHFactor), int(options.dilationWFactor)]
    _convolve(node, [0, 3, 1, 2], channels // width, strides, dilations)


def _depthwise(node: Node) -> None:
    options = node.options
    channels = node.tensor(0).shape[-1]
    if channels is None:
        raise Refusal("the number of channels is not known")
    strides = [int(options.strideH), int(options.strideW)]
    dilations = [int(options.dilationHFactor), int(options.dilationWFactor)]
    # [1, H, W, O] -> [O, 1, H, W]
    _convolve(node, [3, 0, 1, 2], channels, strides, dilations)


def _volume(node: Node) -> None:
    options = node.options
    channels, width = node.tensor(0).shape[-1], node.tensor(1).static[-2]
    if channels is None or channels % width:
        raise Refusal("the number of channels is not known")
    strides = [int(options.strideD), int(options.strideH), int(options.strideW)]
    dilations = [int(options.dilationDFactor), int(options.dilationHFactor), int(options.dilationWFactor)]
    # Kernels of volumes are [D, H, W, I, O].
    _convolve(node, [4, 3, 0, 1, 2], channels // width, strides, dilations)


def _transposed(node: Node) -> None:
    """Inputs: the shape of the output, kernels [O, H, W, I], the image, perhaps a bias."""
    _order(node, [2, 1, 3])
    options = node.options
    _transpose(node, [3, 0, 1, 2], node.tensor(1).static[1:3], [int(options.strideH), int(options.strideW)])


def _transposed_volume(node: Node) -> None:
    _order(node, [2, 1, 3])
    options = node.options
    strides = [int(options.strideD), int(options.strideH), int(options.strideW)]
    _transpose(node, [4, 3, 0, 1, 2], node.tensor(1).static[:3], strides)


def _order(node: Node, places: list[int]) -> None:
    """Puts the inputs as those of other convolutions stand."""
    given = node.operator.inputs
    inputs = tuple(given[place] for place in places if place < len(given))
    node.operator = type(node.operator)(node.operator.code, inputs, node.operator.outputs, node.options)


def _transpose(node: Node, perm: list[int], kernel: tuple[int, ...], strides: list[int]) -> None:
    before, after = node.tensor(0).shape[1:-1], node.output().shape[1:-1]
    begins, ends, extra = [], [], []
    for short, long, width, stride in zip(before, after, kernel, strides, strict=True):
        if short is None or long is None:
            raise Refusal("the size of the image is not known")
        rest = (short - 1) * stride + width - long
        total = max(rest, 0) if padding(node) != "VALID" else 0
        begins.append(total // 2)
        # What VALID has too much is cut off behind, what is wanting is added there.
        ends.append(max(rest - total // 2, 0))
        extra.append(max(-rest, 0))

    def compute(x: Value, weights: Value, bias: Value | None) -> Value:
        image = channels_first(node.emit, x, len(perm))
        return node.op(
            "ConvTranspose", image, weights, bias, strides=strides, pads=[*begins, *ends], output_padding=extra
        )

    _both(node, perm, compute)


OPS: dict[str, Handler] = {
    "CONV_2D": _conv,
    "CONV_3D": _volume,
    "CONV_3D_TRANSPOSE": _transposed_volume,
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
}
