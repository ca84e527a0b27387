"""Operators that take parts of a tensor, or its elements backwards."""

from collections.abc import Callable, Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import Refusal

__all__ = ["OPS"]

_INT64 = ir.DataType.INT64
_LAST = np.iinfo(np.int64).max


def _slice(node: Node) -> None:
    """begin and size; a size of -1 goes to the end."""
    begin, size = node.ints(1), node.ints(2)
    end = node.op("Add", begin, size)
    rest = node.op("Less", size, node.emit.ints(0), dtype=ir.DataType.BOOL)
    end = node.op("Where", rest, node.emit.ints(_LAST), end, dtype=_INT64)
    axes = node.emit.ints(*range(node.rank()))
    if not node.rank():
        node.moved([0], lambda values: values[0])
        return
    node.moved([0], lambda values: node.op("Slice", values[0], begin, end, axes))


def _strided_slice(node: Node) -> None:
    options = node.options
    if options.ellipsisMask or options.offset:
        raise Refusal("with an ellipsis" if options.ellipsisMask else "with offsets in the place of ends")
    strides = [int(stride) for stride in node.constant(3, "the stride").ravel()]
    new, shrink = int(options.newAxisMask), int(options.shrinkAxisMask)
    begins, ends = _mask(node, 1, int(options.beginMask)), _mask(node, 2, int(options.endMask))
    starts: list[Value] = []
    stops: list[Value] = []
    axes: list[int] = []
    steps: list[int] = []
    added: list[int] = []
    gone: list[int] = []
    axis = place_after = 0
    for place, stride in enumerate(strides):
        if new >> place & 1:
            added.append(place_after)
            place_after += 1
            continue
        if shrink >> place & 1:
            start = begins(place, None)
            assert start is not None
            starts.append(start)
            # One element: the end behind -1 is the end of the axis.
            one = node.op("Add", start, node.emit.ints(1))
            last = node.op("Equal", start, node.emit.ints(-1), dtype=ir.DataType.BOOL)
            stops.append(node.op("Where", last, node.emit.ints(_LAST), one, dtype=_INT64))
            steps.append(1)
            gone.append(axis)
        else:
            far = (0, _LAST) if stride > 0 else (_LAST, -_LAST)
            starts.append(begins(place, far[0]) or node.emit.ints(far[0]))
            stops.append(ends(place, far[1]) or node.emit.ints(far[1]))
            steps.append(stride)
            place_after += 1
        axes.append(axis)
        axis += 1

    def move(values: Sequence[Value]) -> Value:
        value = values[0]
        if axes:
            bounds = [node.op("Concat", *parts, axis=0) if len(parts) > 1 else parts[0] for parts in (starts, stops)]
            value = node.op("Slice", value, *bounds, node.emit.ints(*axes), node.emit.ints(*steps))
        if gone:
            value = node.op("Squeeze", value, node.emit.ints(*gone))
        if added:
            value = node.op("Unsqueeze", value, node.emit.ints(*added))
        return value

    node.moved([0], move)


def _mask(node: Node, place: int, mask: int) -> Callable[[int, int | None], Value | None]:
    """Gives the bound of one axis as int64[1], None where the mask leaves it open and something stands for open."""
    data = node.data(place)

    def one(axis: int, far: int | None) -> Value | None:
        if far is not None and mask >> axis & 1:
            return None
        if data is not None:
            return node.emit.ints(int(data.ravel()[axis]))
        return node.op("Slice", node.ints(place), node.emit.ints(axis), node.emit.ints(axis + 1), node.emit.ints(0))

    return one


def _reverse(node: Node) -> None:
    axes = [node.axis(int(axis)) for axis in node.constant(1, "the axis").ravel()]
    count = len(axes)

    def move(values: Sequence[Value]) -> Value:
        starts, ends, steps = (node.emit.ints(*[number] * count) for number in (-1, -_LAST, -1))
        return node.op("Slice", values[0], starts, ends, node.emit.ints(*axes), steps)

    node.moved([0], move)


def _reverse_sequence(node: Node) -> None:
    options = node.options
    time, batch, rank = int(options.seqDim), int(options.batchDim), node.rank()
    lengths = node.int64(1)
    perm = [time, batch, *(axis for axis in range(rank) if axis not in (time, batch))]
    back = [perm.index(axis) for axis in range(rank)]

    def move(values: Sequence[Value]) -> Value:
        turned = node.op("Transpose", values[0], perm=perm)
        given = node.op("ReverseSequence", turned, lengths, time_axis=0, batch_axis=1)
        return node.op("Transpose", given, perm=back)

    node.moved([0], move)


OPS: dict[str, Handler] = {
    "REVERSE_SEQUENCE": _reverse_sequence,
    "REVERSE_V2": _reverse,
    "SLICE": _slice,
    "STRIDED_SLICE": _strided_slice,
}
