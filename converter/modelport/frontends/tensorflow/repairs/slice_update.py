"""A block written into a tensor at a place that is computed (keras.ops.slice_update), which tf2onnx does not know.

A block that would reach over the end is moved back so that it fits (XLA's DynamicUpdateSlice).

**After**: along each axis Gather of the block's lines, and of these and the tensor's the block's where all axes lie in it.
"""

from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["REPAIR"]


def _update(write: Writer) -> None:
    tensor, block, starts = write.inputs
    starts = write.cast(starts, TensorProto.INT64)
    whole, part = write("Shape", tensor), write("Shape", block)
    rank = write.rank_of(block)
    if not rank:
        return write.result("Identity", block)
    inside = ""
    for axis in range(rank):
        place = integers(axis)
        length, taken = write("Gather", whole, place), write("Gather", part, place)
        start = write("Max", write("Gather", starts, place), integers(0))
        start = write("Min", start, write("Sub", length, taken))
        line = write("Sub", write("Range", integers(0), length, integers(1)), start)
        within = write("And", write("GreaterOrEqual", line, integers(0)), write("Less", line, taken))
        last = write("Sub", taken, integers(1))
        block = write("Gather", block, write("Min", write("Max", line, integers(0)), last), axis=axis)
        wide = write("Reshape", within, integers([-1] + [1] * (rank - 1 - axis)))
        inside = write("And", inside, wide) if inside else wide
    return write.choose(inside, block, tensor)


REPAIR = Repair("blocks written into tensors", {"XlaDynamicUpdateSlice": _update})
