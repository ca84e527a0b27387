"""Look-ups, choices and scatters."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Refusal

__all__ = ["OPS"]

_INT64 = ir.DataType.INT64


def _gather(node: Node) -> None:
    options = node.options
    axis, batch = node.axis(int(options.axis)), int(options.batchDims)
    batch += node.rank(1) if batch < 0 else 0
    places = node.raw(1)
    if batch == 0:
        node.moved([0], lambda values: node.op("Gather", values[0], places, axis=axis))
        return
    if axis != batch:
        raise Refusal("batches before an axis that does not follow them")
    wide = node.op("Unsqueeze", node.int64(1), node.emit.ints(-1))
    node.moved([0], lambda values: node.op("GatherND", values[0], wide, batch_dims=batch))


def _gather_nd(node: Node) -> None:
    places = node.int64(1)
    node.moved([0], lambda values: node.op("GatherND", values[0], places))


def _embedding(node: Node) -> None:
    """Inputs: the rows, the table."""
    rows = node.raw(0)
    source = node.scope.folded(node.operator.inputs[1])
    if node.scope.quantized(source) is not None and node.scope.quantized(node.operator.outputs[0]) is None:
        node.put_real(node.op("Gather", node.real(1), rows, axis=0))
        return
    node.moved([1], lambda values: node.op("Gather", values[0], rows, axis=0))


def _one_hot(node: Node) -> None:
    """Inputs: the places, how many, on, off."""
    depth = node.op("Reshape", node.int64(1), node.emit.ints(1))

    def move(values: Sequence[Value]) -> Value:
        pair = node.op(
            "Concat", *(node.op("Reshape", value, node.emit.ints(1)) for value in (values[1], values[0])), axis=0
        )
        return node.op("OneHot", _no_negative(node), depth, pair, dtype=pair.dtype, axis=int(node.options.axis))

    node.moved([2, 3], move)


def _no_negative(node: Node) -> Value:
    """ONNX counts negative places from the end; TensorFlow has nothing there: they are put beyond the end."""
    places = node.int64(0)
    below = node.op("Less", places, node.emit.constant(np.int64(0)), dtype=ir.DataType.BOOL)
    return node.op("Where", below, node.emit.constant(np.int64(2**40)), places, dtype=_INT64)


def _select(node: Node) -> None:
    flag = node.raw(0)
    if node.operator.code == "SELECT" and node.rank(0) == 1 and node.rank(1) > 1:
        flag = node.op("Reshape", flag, node.emit.ints(-1, *[1] * (node.rank(1) - 1)))
    node.moved([1, 2], lambda values: node.op("Where", flag, *values, dtype=values[0].dtype))


def _where(node: Node) -> None:
    value = node.raw(0)
    flags = value if value.dtype == ir.DataType.BOOL else node.emit.cast(value, ir.DataType.BOOL)
    found = node.op("Transpose", node.op("NonZero", flags, dtype=_INT64), perm=[1, 0])
    node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))


def _scatter(node: Node) -> None:
    """Inputs: places, values, shape. Values of one place are added up."""
    places, shape = node.int64(0), node.ints(2)
    kind = node.tensor(1).dtype
    zero = ir.tensor(np.zeros(1, dtype=kind))
    empty = node.op("ConstantOfShape", shape, dtype=zero.dtype, value=zero)
    if node.scope.quantized(node.operator.inputs[1]) is not None or kind not in ("float32", "int32", "int64"):
        raise Refusal(f"of {kind}")
    node.put(node.op("ScatterND", empty, places, node.raw(1), reduction="add"))


def _update_slice(node: Node) -> None:
    """Inputs: the tensor, what is put into it, where; a start that is too far is drawn back."""
    shapes = [node.op("Shape", node.raw(place), dtype=_INT64) for place in (0, 1)]
    room = node.op("Sub", *shapes)
    start = node.op("Max", node.op("Min", node.ints(2), room), node.emit.ints(0))
    rank = node.rank()
    end = node.op("Add", start, shapes[1])

    def move(values: Sequence[Value]) -> Value:
        # Every place is either within the window or not; a window of ones padded to the size of the tensor tells which.
        behind = node.op("Sub", shapes[0], end)
        pads = node.op("Concat", start, behind, axis=0)
        one = ir.tensor(np.ones(1, dtype=np.int32))
        window = node.op("Pad", node.op("ConstantOfShape", shapes[1], dtype=one.dtype, value=one), pads)
        within = node.emit.cast(window, ir.DataType.BOOL)
        padded = node.op("Pad", values[1], pads)
        return node.op("Where", within, padded, values[0], dtype=values[0].dtype)

    if not rank:
        raise Refusal("of a scalar")
    node.moved([0, 1], move)


OPS: dict[str, Handler] = {
    "DYNAMIC_UPDATE_SLICE": _update_slice,
    "EMBEDDING_LOOKUP": _embedding,
    "GATHER": _gather,
    "GATHER_ND": _gather_nd,
    "ONE_HOT": _one_hot,
    "SCATTER_ND": _scatter,
    "SELECT": _select,
    "SELECT_V2": _select,
    "WHERE": _where,
}
