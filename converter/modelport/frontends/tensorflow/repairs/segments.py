"""Sums, means and extremes by segment: what is given for segments without members, which tf2onnx leaves at infinities and NaN.

UnsortedSegment… takes the number of segments, leaves members with a negative number out, and gives empty ones 0, 1, the least or
the greatest number of the type. Segment… counts up to its last member, and gives empty ones 0 (a product: 1)
(tensorflow/core/kernels/segment_reduction_ops_impl.h).

**After**: ScatterND with a reduction, into one segment more than there are, which takes the negative ones.
"""

import numpy as np
from onnx import TensorProto, helper

from modelport.frontends.tensorflow._repair import Handler, Repair
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]

_REDUCTIONS = {"Sum": "add", "Prod": "mul", "Max": "max", "Min": "min", "Mean": "add"}


def _unsorted(kind: str) -> Handler:
    def reduce(write: Writer) -> None:
        data, owners, count = write.inputs
        number = write("Reshape", write("Cast", count, to=TensorProto.INT64), integers([1]))
        _result(write, _reduced(write, kind, data, owners, number))

    return reduce


def _sorted(kind: str) -> Handler:
    def reduce(write: Writer) -> None:
        data, owners = write.inputs[:2]
        wide = write("Concat", integers([-1]), write("Cast", owners, to=TensorProto.INT64), axis=0)
        number = write("Add", write("ReduceMax", wide, integers([0]), keepdims=1), integers([1]))
        made = _reduced(write, kind, data, owners, number)
        if kind in ("Max", "Min", "Mean"):
            ones = write("Expand", write.like(1, data), write("Shape", data))
            members = _reduced(write, "Sum", ones, owners, number)
            if kind == "Mean":
                made = write("Div", made, members)
            made = write("Where", write("Greater", members, write.like(0, data)), made, write.like(0, data))
        _result(write, made)

    return reduce


def _reduced(write: Writer, kind: str, data: str, owners: str, count: str) -> str:
    if write.type_of(data) not in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT32, TensorProto.INT64):
        raise ValueError("its numbers are of a type that ONNX Runtime does not scatter")
    axes = write.rank_of(owners)
    rest = write("Slice", write("Shape", data), integers([axes]), integers([2**62]))
    flat = write(
        "Reshape",
        data,
        write("Concat", write("Unsqueeze", write("Size", owners), integers([0])), rest, axis=0),
        allowzero=1,
    )
    flat_owners = write("Reshape", write("Cast", owners, to=TensorProto.INT64), integers([-1]))
    place = write("Where", write("Less", flat_owners, integers(0)), count, flat_owners)
    room = write("Concat", write("Add", count, integers([1])), rest, axis=0)
    start = write("Expand", _start(write, kind, data), room)
    made = write("ScatterND", start, write("Unsqueeze", place, integers([1])), flat, reduction=_REDUCTIONS[kind])
    return write("Slice", made, integers([0]), count, integers([0]))


def _start(write: Writer, kind: str, data: str) -> Operand:
    dtype = helper.tensor_dtype_to_np_dtype(write.type_of(data))
    if kind in ("Max", "Min"):
        limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
        return np.array(limits.min if kind == "Max" else limits.max, dtype=dtype)
    return np.array(kind == "Prod", dtype=dtype)


def _result(write: Writer, made: str) -> None:
    write.result("Identity", made)


_HANDLERS: dict[str, Handler] = {f"UnsortedSegment{kind}": _unsorted(kind) for kind in ("Sum", "Prod", "Max", "Min")}
_HANDLERS |= {f"Segment{kind}": _sorted(kind) for kind in _REDUCTIONS}

REPAIR = Repair("segments", _HANDLERS)
