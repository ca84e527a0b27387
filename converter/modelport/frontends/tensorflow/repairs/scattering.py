"""Scattered sums and one-hot rows, where tf2onnx takes ONNX's reading of the same name for TensorFlow's.

- ScatterNd adds up what falls on one place; tf2onnx keeps the last of it.
- OneHot gives no row a 1 for a number out of range; ONNX counts a negative one from the end.
- MatrixBandPart gives 0 outside the band; tf2onnx multiplies by 0 there, and so gives NaN for an infinity.
"""

from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]


def _scatter(write: Writer) -> None:
    indices, updates, shape = write.inputs
    zeros = write("Expand", write.like(0, updates), write("Cast", shape, to=TensorProto.INT64))
    write.result("ScatterND", zeros, write.cast(indices, TensorProto.INT64), updates, reduction="add")


def _one_hot(write: Writer) -> None:
    indices, depth, on, off = write.inputs
    rank = write.rank_of(indices)
    axis = write.attribute("axis", -1)
    axis = rank if axis < 0 else axis
    wide = write("Unsqueeze", write.cast(indices, TensorProto.INT64), integers([axis]))
    count = write("Reshape", write("Cast", depth, to=TensorProto.INT64), integers([]))
    choices: Operand = write("Range", integers(0), count, integers(1))
    after = rank - axis
    if after:
        choices = write("Unsqueeze", choices, integers(range(1, after + 1)))
    write.choose(write("Equal", wide, choices), on, off)


def _band(write: Writer) -> None:
    matrix, below, above = write.inputs
    shape = write("Shape", matrix)
    rows, columns = (_counted(write, shape, place) for place in (-2, -1))
    # How far right of the diagonal an element lies.
    place = write("Sub", columns, write("Unsqueeze", rows, integers([1])))
    inside = write("And", _within(write, write("Neg", place), below), _within(write, place, above))
    write.choose(inside, matrix, write.like(0, matrix))


def _counted(write: Writer, shape: str, place: int) -> str:
    length = write("Reshape", write("Gather", shape, integers([place])), integers([]))
    return write("Range", integers(0), length, integers(1))


def _within(write: Writer, distance: str, limit: str) -> str:
    """A negative limit is none."""
    wide = write("Cast", limit, to=TensorProto.INT64)
    return write("Or", write("Less", wide, integers(0)), write("LessOrEqual", distance, wide))


REPAIR = Repair("scattered sums and one-hot rows", {"MatrixBandPart": _band, "OneHot": _one_hot, "ScatterNd": _scatter})
