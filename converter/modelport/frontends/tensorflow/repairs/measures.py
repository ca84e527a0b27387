"""Lengths, crosswise products and searches that tf2onnx does not know.

EuclideanNorm = sqrt(sum x²);    Cross = a₁b₂ - a₂b₁, …;    LowerBound and UpperBound count the sorted numbers below, or not above
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _norm(write: Writer) -> None:
    axes = np.atleast_1d(write.needed(1, "the axes")).astype(np.int64)
    keep = int(write.attribute("keep_dims", 0))
    if not axes.size:
        return write.result("Abs", write.inputs[0])
    return write.result("ReduceL2", write.inputs[0], axes, keepdims=keep)


def _cross(write: Writer) -> None:
    a, b = write.inputs
    ahead, behind = (np.array(order, dtype=np.int64) for order in ((1, 2, 0), (2, 0, 1)))
    turned = [write("Gather", one, order, axis=-1) for one, order in ((a, ahead), (b, behind), (a, behind), (b, ahead))]
    write.result("Sub", write("Mul", turned[0], turned[1]), write("Mul", turned[2], turned[3]))


def _lower(write: Writer) -> None:
    _search(write, "Less")


def _upper(write: Writer) -> None:
    _search(write, "LessOrEqual")


def _search(write: Writer, reached: str) -> None:
    numbers, wanted = write.inputs
    if write.type_of(numbers) not in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT32, TensorProto.INT64):
        raise ValueError("its numbers are of a type that ONNX Runtime does not compare")
    row, each = write("Unsqueeze", numbers, np.array([1])), write("Unsqueeze", wanted, np.array([2]))
    # A search by halves finds NaN above all: no number is above it.
    passed = write(reached, row, each)
    if write.type_of(numbers) in (TensorProto.FLOAT, TensorProto.DOUBLE):
        beyond = {"Less": "GreaterOrEqual", "LessOrEqual": "Greater"}[reached]
        passed = write("Not", write(beyond, row, each)) if reached == "LessOrEqual" else passed
    counted = write("ReduceSum", write("Cast", passed, to=TensorProto.INT64), np.array([2]), keepdims=0)
    write.result("Cast", counted, to=write.result_type())


REPAIR = Repair(
    "norms, cross products and searches",
    {"Cross": _cross, "EuclideanNorm": _norm, "LowerBound": _lower, "UpperBound": _upper},
)
