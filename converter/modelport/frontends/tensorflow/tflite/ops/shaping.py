"""Operators that change shapes and move elements; quantized integers move as they are."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.scope import ELEMENTS, Handler, Node, Refusal

__all__ = ["OPS"]

INT64 = ir.DataType.INT64
_LAST = np.iinfo(np.int64).max


def _reshape(node: Node) -> None:
    if node.has(1):
        shape = node.ints(1)
    else:
        shape = node.emit.ints(*(int(length) for length in node.options.newShape))
    # 0 is a length of 0 in TensorFlow.
    node.moved([0], lambda values: node.op("Reshape", values[0], shape, allowzero=1))


def _squeeze(node: Node) -> None:
    asked = [] if node.options.squeezeDims is None else [int(axis) for axis in node.options.squeezeDims]
    axes = asked or [axis for axis, length in enumerate(node.tensor(0).shape) if length == 1]
    node.moved([0], lambda values: node.op("Squeeze", values[0], node.emit.ints(*axes)) if axes else values[0])


def _expand_dims(node: Node) -> None:
    axes = node.ints(1)
    node.moved([0], lambda values: node.op("Unsqueeze", values[0], axes))


def _transpose(node: Node) -> None:
    perm = [int(axis) for axis in node.constant(1, "the order of axes").ravel()]
    perm = [node.axis(axis) for axis in perm]
    node.moved([0], lambda values: node.op("Transpose", values[0], perm=perm))


def _shape(node: Node) -> None:
    found = node.op("Shape", node.raw(0), dtype=INT64)
    node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))


def _rank(node: Node) -> None:
    node.put(node.emit.constant(np.array(node.rank(), dtype=np.int32)))


def _slice(node: Node) -> None:
    """begin and size; a size of -1 goes to the end."""
    begin, size = node.ints(1), node.ints(2)
    end = node.op("Add", begin, size)
    rest = node.op("Less", size, node.emit.ints(0), dtype=ir.DataType.BOOL)
    end = node.op("Where", rest, node.emit.ints(_LAST), end, dtype=INT64)
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
            stops.append(node.op("Where", last, node.emit.ints(_LAST), one, dtype=INT64))
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


def _mask(node: Node, place: int, mask: int):  # type: ignore[no-untyped-def]
    """Gives the bound of one axis as int64[1], None where the mask leaves it open and something stands for open."""
    data = node.data(place)

    def one(axis: int, far: int | None) -> Value | None:
        if far is not None and mask >> axis & 1:
            return None
        if data is not None:
            return node.emit.ints(int(data.ravel()[axis]))
        return node.op("Slice", node.ints(place), node.emit.ints(axis), node.emit.ints(axis + 1), node.emit.ints(0))

    return one


def _padded(node: Node) -> None:
    pads = _pads(node)

    def move(values: Sequence[Value]) -> Value:
        kept = node.scope.keeps(node.operator.inputs[0]) and node.same(0)
        if len(values) > 1:
            return node.op("Pad", values[0], pads, values[1])
        quantization = node.scope.quantized(node.operator.inputs[0])
        if kept and quantization is not None:
            zero = node.emit.constant(quantization.zero[0].astype(node.tensor(0).dtype))
            return node.op("Pad", values[0], pads, zero)
        return node.op("Pad", values[0], pads)

    node.moved([0, 2] if node.has(2) else [0], move)


def _pads(node: Node) -> Value:
    """[rank, 2] -> all before, then all behind."""
    data = node.data(1)
    if data is not None:
        return node.emit.constant(data.T.reshape(-1), np.int64)
    return node.op("Reshape", node.op("Transpose", node.int64(1), perm=[1, 0]), node.emit.ints(-1))


def _mirrored(node: Node) -> None:
    if int(node.options.mode) == 0:
        pads = _pads(node)
        node.moved([0], lambda values: node.op("Pad", values[0], pads, mode="reflect"))
        return
    data = node.constant(1, "how far it is padded")
    shape = node.tensor(0).shape
    if any((before or behind) and shape[axis] is None for axis, (before, behind) in enumerate(data.tolist())):
        raise Refusal("symmetric along an axis of unknown length")

    def move(values: Sequence[Value]) -> Value:
        value = values[0]
        for axis, (before, behind) in enumerate(data.tolist()):
            if before or behind:
                places = np.pad(np.arange(shape[axis] or 0), (before, behind), mode="symmetric")
                value = node.op("Gather", value, node.emit.constant(places, np.int64), axis=axis)
        return value

    node.moved([0], move)


def _tile(node: Node) -> None:
    repeats = node.ints(1)
    node.moved([0], lambda values: node.op("Tile", values[0], repeats))


def _broadcast(node: Node) -> None:
    shape = node.ints(1)
    node.moved([0], lambda values: node.op("Expand", values[0], shape))


def _broadcast_args(node: Node) -> None:
    one = ir.tensor(np.zeros(1, dtype=np.int64))
    parts = [node.op("ConstantOfShape", node.ints(place), dtype=INT64, value=one) for place in (0, 1)]
    found = node.op("Shape", node.op("Add", *parts), dtype=INT64)
    node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))


def _fill(node: Node) -> None:
    shape = node.ints(0)
    node.moved([1], lambda values: node.op("Expand", values[0], shape))


def _range(node: Node) -> None:
    node.put(node.op("Range", *(_scalar(node, place) for place in range(3))))


def _scalar(node: Node, place: int) -> Value:
    value = node.raw(place)
    return value if not node.rank(place) else node.op("Reshape", value, node.emit.constant(np.zeros(0, dtype=np.int64)))


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
        shape = node.op("Shape", value, dtype=INT64)
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
        shape = node.op("Shape", value, dtype=INT64)
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
    "BROADCAST_ARGS": _broadcast_args,
    "BROADCAST_TO": _broadcast,
    "DEPTH_TO_SPACE": _depth_to_space,
    "EXPAND_DIMS": _expand_dims,
    "FILL": _fill,
    "MIRROR_PAD": _mirrored,
    "PAD": _padded,
    "PADV2": _padded,
    "RANGE": _range,
    "RANK": _rank,
    "RESHAPE": _reshape,
    "REVERSE_SEQUENCE": _reverse_sequence,
    "REVERSE_V2": _reverse,
    "SHAPE": _shape,
    "SLICE": _slice,
    "SPACE_TO_BATCH_ND": _space_to_batch,
    "SPACE_TO_DEPTH": _space_to_depth,
    "SQUEEZE": _squeeze,
    "STRIDED_SLICE": _strided_slice,
    "TILE": _tile,
    "TRANSPOSE": _transpose,
}
