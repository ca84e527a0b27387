"""Reductions along axes, arg-max, top-k, cumulative sums."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Refusal

__all__ = ["OPS"]


def _reduced(op_type: str) -> Handler:
    def handle(node: Node) -> None:
        axes, keep = node.ints(1), int(bool(node.options.keepDims))
        data = node.data(1)
        value = node.real(0)
        if data is not None and not data.size:
            node.put_real(value)
            return
        node.put_real(node.op(op_type, value, axes, keepdims=keep))

    return handle


def _logical(op_type: str) -> Handler:
    """Any and all: the greatest and the least of 0 and 1."""

    def handle(node: Node) -> None:
        number = node.emit.cast(node.raw(0), ir.DataType.INT32)
        found = node.op(op_type, number, node.ints(1), keepdims=int(bool(node.options.keepDims)))
        node.put(node.emit.cast(found, ir.DataType.BOOL))

    return handle


def _greatest(op_type: str) -> Handler:
    """Greatest and least: integers as they are."""

    def handle(node: Node) -> None:
        axes, keep = node.ints(1), int(bool(node.options.keepDims))
        node.moved([0], lambda values: node.op(op_type, values[0], axes, keepdims=keep))

    return handle


def _place(op_type: str) -> Handler:
    def handle(node: Node) -> None:
        axis = int(node.constant(1, "the axis").reshape(-1)[0])
        found = node.op(op_type, node.raw(0), dtype=ir.DataType.INT64, axis=node.axis(axis), keepdims=0)
        node.put(node.emit.cast(found, ELEMENTS[node.output().dtype]))

    return handle


def _top(node: Node) -> None:
    count = node.ints(1)
    value = node.raw(0)
    kept = value.dtype in (ir.DataType.INT8, ir.DataType.UINT8, ir.DataType.INT16)
    wide = node.emit.cast(value, ir.DataType.INT32) if kept else value
    values, places = node.emit.ops(
        "TopK", wide, count, outputs=2, dtypes=[wide.dtype or ir.DataType.FLOAT, ir.DataType.INT64], axis=-1
    )
    assert value.dtype is not None
    node.put(node.emit.cast(values, value.dtype), 0)
    node.put(node.emit.cast(places, ELEMENTS[node.output(1).dtype]), 1)


def _cumulative(node: Node) -> None:
    axis = node.constant(1, "the axis").reshape(())
    options = node.options
    node.put_real(
        node.op(
            "CumSum",
            node.real(0),
            node.emit.constant(np.int64(axis)),
            exclusive=int(bool(options.exclusive)),
            reverse=int(bool(options.reverse)),
        )
    )


def _segments(op_type: str) -> Handler:
    """Rows are gathered into the segment that stands beside each."""

    def handle(node: Node) -> None:
        if node.rank(1) != 1:
            raise Refusal("segments of more than one axis")
        counts = node.ints(2)
        rest = node.op("Shape", node.real(0), dtype=ir.DataType.INT64, start=1)
        shape = node.op("Concat", counts, rest, axis=0)
        zero = ir.tensor(np.zeros(1, dtype=node.tensor(0).dtype))
        empty = node.op("ConstantOfShape", shape, dtype=zero.dtype, value=zero)
        places = node.op("Unsqueeze", node.int64(1), node.emit.ints(1))
        node.put_real(node.op("ScatterND", empty, places, node.real(0), reduction=op_type))

    return handle


OPS: dict[str, Handler] = {
    "ARG_MAX": _place("ArgMax"),
    "ARG_MIN": _place("ArgMin"),
    "CUMSUM": _cumulative,
    "MEAN": _reduced("ReduceMean"),
    "REDUCE_ALL": _logical("ReduceMin"),
    "REDUCE_ANY": _logical("ReduceMax"),
    "REDUCE_MAX": _greatest("ReduceMax"),
    "REDUCE_MIN": _greatest("ReduceMin"),
    "REDUCE_PROD": _reduced("ReduceProd"),
    "SUM": _reduced("ReduceSum"),
    "TOPK_V2": _top,
    "UNSORTED_SEGMENT_SUM": _segments("add"),
}
