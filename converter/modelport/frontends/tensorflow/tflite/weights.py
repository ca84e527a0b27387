"""Weights as operators of ONNX want them, and sums of quantized products as TensorFlow Lite computes them: in whole numbers."""

from collections.abc import Callable, Sequence

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.model import Array, Quantization
from modelport.frontends.tensorflow.tflite.node import Node
from modelport.frontends.tensorflow.tflite.quantization import dequantized
from modelport.frontends.tensorflow.tflite.scope import SELDOM
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Refusal

__all__ = ["Products", "bias_of", "inputs_of", "products", "put_rounded", "put_whole", "weights_of"]

# What activations leave: none, ReLU, ReLU from -1 to 1, ReLU6.
_RANGES = {0: (None, None), 1: (0.0, None), 2: (-1.0, 1.0), 3: (0.0, 6.0)}

# Takes what stands in the place of the input, the weights and the bias; gives the sums.
Products = Callable[[Value, Value, Value | None], Value]


def weights_of(node: Node, place: int, perm: Sequence[int]) -> Value:
    """The numbers of weights with their axes in another order; quantized ones and halves stay so in the file that is written."""
    scope, at = node.scope, node.operator.inputs[place]
    source = scope.folded(at)
    data, quantization = scope.data(source), scope.quantized(source)
    if data is None:
        return node.op("Transpose", node.real(place), perm=list(perm))
    if quantization is None:
        turned = node.emit.constant(np.ascontiguousarray(data.transpose(perm)))
        return node.emit.cast(turned, node.float(0).dtype)  # type: ignore[arg-type]
    if scope.setting.quantized == "dequantize":
        return node.emit.constant(np.ascontiguousarray(dequantized(data, quantization).transpose(perm)))
    turned = node.emit.constant(np.ascontiguousarray(data.transpose(perm)))
    return scope.stepped_down(turned, quantization, scope.tensor(source).dtype, list(perm).index(quantization.axis))


def bias_of(node: Node, place: int) -> Value | None:
    """The numbers of a bias, None where there is none."""
    if not node.has(place):
        return None
    at = node.scope.folded(node.operator.inputs[place])
    data, quantization = node.scope.data(at), node.scope.tensor(at).quantization
    if data is not None and data.dtype.kind == "i" and quantization is not None:
        return node.emit.constant(_wide(data, quantization))
    return node.real(place)


def _wide(data: Array, quantization: Quantization) -> Array:
    scaled = data.astype(np.float64) * quantization.scale.astype(np.float64)
    return np.asarray(scaled.astype(np.float32))


def inputs_of(node: Node, place: int, weights: int) -> Value:
    """The numbers of an input beside weights.

    TensorFlow Lite rounds floats to 8 bits, row by row, where the weights are quantized; here they stay as they are, and the
    twin moves them by half a step.
    """
    value, scope = node.real(place), node.scope
    source = scope.folded(node.operator.inputs[weights])
    hybrid = scope.quantized(source) is not None and scope.quantized(node.operator.inputs[place]) is None
    if not hybrid or not scope.setting.noise:
        return value
    emit = node.emit
    axes = emit.ints(*range(1, node.rank(place))) if node.rank(place) > 1 else None
    greatest = emit.op("ReduceMax", emit.op("Abs", value), axes, keepdims=1)
    step = emit.op("Max", emit.op("Mul", greatest, node.float(1 / 127)), node.float(1e-30))
    return emit.op("Add", value, emit.op("Mul", scope.chance(emit.op("Div", value, step)), step))


def products(node: Node, perm: Sequence[int], channels: Sequence[int], compute: Products) -> bool:
    """Computes sums of products of 8-bit integers in whole numbers, and rounds them as the kernels do. False where there are none.

    Inputs 0, 1, 2 are the input, the weights and the bias. ``perm`` brings the weights into ONNX's order, in which the sums
    have the shape that ``channels`` broadcasts over, such as [1, -1, 1, 1]. A float32 holds every whole number below 2**24;
    the multiplier is the float32 that XNNPACK uses, and halves go to the even number as there.
    """
    scope, operator = node.scope, node.operator
    given, source, target = operator.inputs[0], scope.folded(operator.inputs[1]), operator.outputs[0]
    one, two, three = (scope.quantized(place) for place in (given, source, target))
    data = scope.data(source)
    if scope.setting.quantized != "keep" or data is None or one is None or two is None or three is None:
        return False
    kinds = {scope.tensor(place).dtype for place in (given, source, target)}
    if not kinds <= {"int8", "uint8"} or scope.tensor(given).dtype != scope.tensor(target).dtype:
        return False
    bias = None
    if node.has(2):
        stored = scope.data(operator.inputs[2])
        if stored is None or stored.dtype.kind != "i":
            return False
        bias = node.emit.constant(stored, np.float32)
    emit = node.emit
    whole = Quantization(np.ones(1, dtype=np.float32), one.zero, 0)
    x = scope.stepped_down(scope.raw(given), whole, scope.tensor(given).dtype)
    if len(set(two.zero.tolist())) != 1:
        return False
    centre = Quantization(np.ones(1, dtype=np.float32), two.zero[:1], 0)
    turned = emit.constant(np.ascontiguousarray(data.transpose(perm)))
    sums = compute(x, scope.stepped_down(turned, centre, scope.tensor(source).dtype), bias)
    scale = (one.scale * two.scale) / three.scale
    shape = channels if len(scale) > 1 else []
    real = emit.op("Mul", sums, emit.constant(scale.astype(np.float32).reshape(shape)))
    put_rounded(node, real)
    return True


def put_rounded(node: Node, steps: Value) -> None:
    """The output is this many of its steps from its zero: rounded, and kept within its range and its activation."""
    zero, low, high = _limits(node)
    limited = node.op("Clip", steps, node.float(low - zero), node.float(high - zero))
    place = node.emit.constant(np.array(zero, dtype=node.output().dtype))
    rounded = node.op("QuantizeLinear", limited, node.float(1), place, dtype=place.dtype)
    node.scope.put_steps(node.operator.outputs[0], rounded, SELDOM)


def put_whole(node: Node, stored: Value) -> None:
    """The output is these whole numbers, kept within its activation."""
    _, low, high = _limits(node)
    limited = node.op("Clip", stored, node.float(low), node.float(high))
    whole = node.emit.cast(limited, ELEMENTS[node.output().dtype])
    node.scope.put_steps(node.operator.outputs[0], whole, SELDOM)


def _limits(node: Node) -> tuple[int, int, int]:
    """The zero of the output, and the least and the greatest integer that its activation leaves."""
    quantization, dtype = node.scope.quantized(node.operator.outputs[0]), node.output().dtype
    assert quantization is not None
    zero, scale = int(quantization.zero[0]), float(quantization.scale[0])
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    kind = int(getattr(node.options, "fusedActivationFunction", 0) or 0)
    if kind not in _RANGES:
        raise Refusal(f"activation {kind} in integers")
    least, most = _RANGES[kind]
    if least is not None:
        low = max(low, zero + _away(least / scale))
    if most is not None:
        high = min(high, zero + _away(most / scale))
    return zero, low, high


def _away(number: float) -> int:
    """Halves away from zero."""
    return int(np.sign(number) * np.floor(abs(number) + 0.5))
