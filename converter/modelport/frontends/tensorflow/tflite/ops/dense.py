"""Products of matrices."""

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import Refusal
from modelport.frontends.tensorflow.tflite.weights import bias_of, inputs_of, products, weights_of

__all__ = ["OPS"]


def _fully_connected(node: Node) -> None:
    """[…, K] and weights [O, K] -> [N, O], or […, O] where axes are kept."""
    if int(node.options.weightsFormat):
        raise Refusal("shuffled weights")
    width = node.tensor(1).static[-1]
    keeps = bool(node.options.keepNumDims)

    def compute(x: Value, weights: Value, bias: Value | None) -> Value:
        flat = x if keeps or node.tensor(0).static[1:] == (width,) else node.op("Reshape", x, node.emit.ints(-1, width))
        sums = node.op("MatMul", flat, weights)
        return sums if bias is None else node.op("Add", sums, bias)

    if products(node, [1, 0], [-1], compute):
        return
    node.put_real(compute(inputs_of(node, 0, 1), weights_of(node, 1, [1, 0]), bias_of(node, 2)))


def _batched(node: Node) -> None:
    sides = []
    for place, turned in ((0, node.options.adjX), (1, node.options.adjY)):
        perm = list(range(node.rank(place)))
        if turned:
            perm[-2:] = perm[:-3:-1]
        if place == 0:
            value = inputs_of(node, 0, 1)
            sides.append(node.op("Transpose", value, perm=perm) if turned else value)
        else:
            value = weights_of(node, 1, perm) if turned or node.data(1) is not None else node.real(1)
            sides.append(_as_its_kernel_reads(node, value))
    node.put_real(node.op("MatMul", *sides))


def _as_its_kernel_reads(node: Node, value: Value) -> Value:
    """The numbers of the second factor; a kernel that leaves its zero out reads others."""
    scope, quantization = node.scope, node.scope.quantized(node.operator.inputs[1])
    if not scope.setting.zeros_left_out or quantization is None or node.tensor(1).dtype != "int8":
        return value
    shift = quantization.scale[0] * np.float32(quantization.zero[0])
    return node.op("Add", value, node.emit.constant(np.float32(shift))) if shift else value


OPS: dict[str, Handler] = {"BATCH_MATMUL": _batched, "FULLY_CONNECTED": _fully_connected}
