"""Operators that turn blocks of an image into channels or images, and back."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node

__all__ = ["OPS"]

_INT64 = ir.DataType.INT64
_LAST = np.iinfo(np.int64).max


def _space_to_depth(node: Node) -> None:
    """[N, H, W, C]: the block lies before the channels, as in ONNX with its channels first."""
    block = int(node.options.blockSize)
    node.moved([0], lambda values: _last(node, node.op("SpaceToDepth", _first(node, values[0]), blocksize=block)))


def _depth_to_space(node: Node) -> None:
    block = int(node.options.blockSize)
    node.moved(
        [0], lambda values: _last(node, node.op("DepthToSpace", _first(node, values[0]), blocksize=block, mode="DCR"))
    )


def _first(node: Node, value: Value) -> Value:
    return node.op("Transpose", value, perm=[0, 3, 1, 2])


def _last(node: Node, value: Value) -> Value:
    return node.op("Transpose", value, perm=[0, 2, 3, 1])


def _space_to_batch(node: Node) -> None:
    """Blocks of space become images of the batch, the place in the block going slowest."""
    block = [int(length) for length in node.constant(1, "the block").ravel()]
    pads = node.constant(2, "how far it is padded").reshape(-1, 2).tolist()
    count, rank = len(block), node.rank()
    before = [0, *(pad[0] for pad in pads), *[0] * (rank - count - 1)]
    behind = [0, *(pad[1] for pad in pads), *[0] * (rank - count - 1)]
    quantization = node.scope.quantized(node.operator.inputs[0])

    def move(values: Sequence[Value]) -> Value:
        value, zero = values[0], None
        if node.scope.keeps(node.operator.inputs[0]) and quantization is not None and node.same(0):
            zero = node.emit.constant(quantization.zero[0].astype(node.tensor(0).dtype))
        value = node.op("Pad", value, node.emit.ints(*before, *behind), zero)
        shape = node.op("Shape", value, dtype=_INT64)
        parts = [_length(node, shape, 0)]
        for place, width in enumerate(block, start=1):
            parts += [node.op("Div", _length(node, shape, place), node.emit.ints(width)), node.emit.ints(width)]
        parts += [_length(node, shape, axis) for axis in range(count + 1, rank)]
        value = node.op("Reshape", value, node.op("Concat", *parts, axis=0), allowzero=1)
        inner = [2 + 2 * place for place in range(count)]
        outer = [1 + 2 * place for place in range(count)]
        value = node.op("Transpose", value, perm=[*inner, 0, *outer, *range(2 * count + 1, rank + count)])
        whole = [
            node.op("Mul", parts[0], node.emit.ints(int(np.prod(block)))),
            *parts[1 : 2 * count : 2],
            *parts[2 * count + 1 :],
        ]
        return node.op("Reshape", value, node.op("Concat", *whole, axis=0), allowzero=1)

    node.moved([0], move)


def _batch_to_space(node: Node) -> None:
    block = [int(length) for length in node.constant(1, "the block").ravel()]
    crops = node.constant(2, "what is cut off").reshape(-1, 2).tolist()
    count, rank = len(block), node.rank()

    def move(values: Sequence[Value]) -> Value:
        value = values[0]
        shape = node.op("Shape", value, dtype=_INT64)
        batch = node.op("Div", _length(node, shape, 0), node.emit.ints(int(np.prod(block))))
        space = [_length(node, shape, axis) for axis in range(1, count + 1)]
        rest = [_length(node, shape, axis) for axis in range(count + 1, rank)]
        parts = [*(node.emit.ints(width) for width in block), batch, *space, *rest]
        value = node.op("Reshape", value, node.op("Concat", *parts, axis=0), allowzero=1)
        perm = [count]
        for place in range(count):
            perm += [count + 1 + place, place]
        value = node.op("Transpose", value, perm=[*perm, *range(2 * count + 1, rank + count)])
        wide = [node.op("Mul", one, node.emit.ints(width)) for one, width in zip(space, block, strict=True)]
        value = node.op("Reshape", value, node.op("Concat", batch, *wide, *rest, axis=0), allowzero=1)
        starts = node.emit.ints(*(crop[0] for crop in crops))
        ends = node.emit.ints(*(-crop[1] if crop[1] else _LAST for crop in crops))
        return node.op("Slice", value, starts, ends, node.emit.ints(*range(1, count + 1)))

    node.moved([0], move)


def _length(node: Node, shape: Value, axis: int) -> Value:
    return node.op("Gather", shape, node.emit.ints(axis))


OPS: dict[str, Handler] = {
    "BATCH_TO_SPACE_ND": _batch_to_space,
    "DEPTH_TO_SPACE": _depth_to_space,
    "SPACE_TO_BATCH_ND": _space_to_batch,
    "SPACE_TO_DEPTH": _space_to_depth,
}
