"""From real numbers to integers that stand for them, and back."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Refusal

__all__ = ["OPS"]


def _quantize(node: Node) -> None:
    """Also from one scale to another, or only to another zero: then nothing is rounded."""
    source, target = (node.scope.quantized(place) for place in (node.operator.inputs[0], node.operator.outputs[0]))
    kept = node.scope.setting.quantized == "keep" and source is not None and target is not None
    if not kept or source is None or target is None or not np.array_equal(source.scale, target.scale):
        node.put_real(node.real(0))
        return
    dtype = node.output().dtype
    limits = np.iinfo(dtype)
    wide = node.emit.cast(node.raw(0), ir.DataType.INT32)
    moved = node.op("Add", wide, node.emit.constant(np.int32(target.zero[0] - source.zero[0])))
    least, most = (node.emit.constant(np.int32(limit)) for limit in (limits.min, limits.max))
    node.put(node.emit.cast(node.op("Clip", moved, least, most), ELEMENTS[dtype]))


def _dequantize(node: Node) -> None:
    place, target = node.operator.inputs[0], node.operator.outputs[0]
    if node.scope.quantized(place) is None and node.data(0) is not None:
        # Weights in half precision: they stay so in the file, and are made wide where they are used.
        node.scope.fold(target, place)
    elif node.data(0) is not None:
        node.scope.fold(target, place)
    value = node.real(0)
    node.put(node.emit.cast(value, node.float(0).dtype))  # type: ignore[arg-type]


def _fake(node: Node) -> None:
    """Rounds to one of 2**bits numbers between two limits that are moved so that 0 is one of them."""
    options = node.options
    low, high, bits = np.float32(options.min), np.float32(options.max), int(options.numBits)
    least, most = (1 if options.narrowRange else 0), 2**bits - 1
    scale = np.float32((high - low) / np.float32(most - least))
    if not scale > 0:
        raise Refusal("of an empty range")
    zero = float(np.clip(np.round(least - low / scale), least, most))
    down, up = np.float32((least - zero) * scale), np.float32((most - zero) * scale)
    value = node.op("Clip", node.real(0), node.float(float(down)), node.float(float(up)))
    steps = node.op("Div", node.op("Sub", value, node.float(float(down))), node.float(float(scale)))
    rounded = node.op("Floor", node.op("Add", steps, node.float(0.5)))
    node.put_real(node.op("Add", node.op("Mul", rounded, node.float(float(scale))), node.float(float(down))))


OPS: dict[str, Handler] = {"DEQUANTIZE": _dequantize, "FAKE_QUANT": _fake, "QUANTIZE": _quantize}
