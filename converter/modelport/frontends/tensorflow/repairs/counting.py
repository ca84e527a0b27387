"""How often each whole number occurs, in a row or in each of several: tf2onnx counts over all rows together.

**After**: OneHot of the numbers (those beyond the last bin count nowhere), summed with their weights, or 1 where there is any.
Of ragged rows: ScatterND of ones with sums, to a bin for each row and number and one more for those beyond the last.
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["REPAIR"]


def _dense(write: Writer) -> None:
    numbers, size, weights = write.inputs
    _count(write, numbers, size, weights, binary=bool(write.attribute("binary_output", 0)))


def _plain(write: Writer) -> None:
    numbers, size, weights = write.inputs
    flat = write("Reshape", numbers, np.array([-1], dtype=np.int64))
    _count(write, flat, size, weights, binary=False)


def _ragged(write: Writer) -> None:
    splits, numbers, size, weights = write.inputs
    if 0 not in (write.shape_of(weights) or ()):
        raise ValueError("its rows are ragged and have weights")
    ends = write("Slice", write("Cast", splits, to=TensorProto.INT64), integers([1]), integers([2**62]))
    count = write("Shape", numbers)
    # A number belongs to the row before which as many rows end as at or before its place.
    ended = _sums(
        write, write("Add", count, integers([1])), write("Unsqueeze", ends, integers([1])), write("Shape", ends)
    )
    owners = write("Slice", write("CumSum", ended, integers(0)), integers([0]), count)
    width = write("Reshape", write("Cast", size, to=TensorProto.INT64), integers([1]))
    # The operator would count negative numbers from the end; TensorFlow refuses them.
    bins = write("Min", write.cast(numbers, TensorProto.INT64), width)
    room = write("Concat", write("Shape", ends), write("Add", width, integers([1])), axis=0)
    places = write("Concat", *(write("Unsqueeze", one, integers([1])) for one in (owners, bins)), axis=1)
    total = write("Slice", _sums(write, room, places, count), integers([0]), width, integers([1]))
    if write.attribute("binary_output", 0):
        total = write("Min", total, integers(1))
    write.result("Cast", total, to=write.result_type())


def _sums(write: Writer, room: str, places: str, count: str) -> str:
    """How often each place occurs."""
    zeros, ones = (write("Expand", integers(value), shape) for value, shape in ((0, room), (1, count)))
    return write("ScatterND", zeros, places, ones, reduction="add")


def _count(write: Writer, numbers: str, size: str, weights: str, *, binary: bool) -> None:
    kind = write.result_type()
    shape = write.shape_of(weights)
    if shape is None or (shape != [0] and min(shape, default=1) < 0 and write.constant_of(2) is None):
        raise ValueError("it is not known whether it has weights")
    weighted = 0 not in shape and not binary
    # The operator would count negative numbers from the end; TensorFlow refuses them.
    width = write("Reshape", write("Cast", size, to=TensorProto.INT64), np.array([1], dtype=np.int64))
    wide = write.cast(numbers, TensorProto.INT64)
    hot = write("OneHot", wide, width, np.array([0.0, 1.0], dtype=np.float32))
    axis = write.rank_of(numbers) - 1
    if weighted:
        # 0 where the number is another: a weight may be infinite.
        each = write("Unsqueeze", weights, np.array([-1], dtype=np.int64))
        hot = write("Where", write("Cast", hot, to=TensorProto.BOOL), each, write.like(0.0, weights))
    axes = np.array([axis], dtype=np.int64)
    if binary:
        # A row may be empty: the greatest of nothing is not 0, the sum is.
        total = write("Min", write("ReduceSum", hot, axes, keepdims=0), np.array(1.0, dtype=np.float32))
    else:
        total = write("ReduceSum", hot, axes, keepdims=0)
    write.result("Cast", total, to=kind)


REPAIR = Repair("counts of whole numbers", {"Bincount": _plain, "DenseBincount": _dense, "RaggedBincount": _ragged})
