"""Bucketize: how many boundaries a number reaches. tf2onnx does not know it; Discretization of Keras is made of it.

TensorFlow searches the first boundary above the number (std::upper_bound), so a number on a boundary lies above it. NaN compares
false with every boundary, and so lies above all.

**After**: the sum of Not(x < boundary).
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _bucketize(write: Writer) -> None:
    numbers = write.inputs[0]
    boundaries = np.asarray(write.attribute("boundaries") or [], dtype=np.float32)
    if write.type_of(numbers) in (TensorProto.INT32, TensorProto.INT64):
        # The kernel compares a whole number with a float: both as floats, rounded.
        numbers = write.cast(numbers, TensorProto.FLOAT)
    elif write.type_of(numbers) == TensorProto.DOUBLE:
        boundaries = boundaries.astype(np.float64)
    spread = write("Unsqueeze", numbers, np.array([-1], dtype=np.int64))
    reached = write("Cast", write("Not", write("Less", spread, boundaries)), to=TensorProto.INT32)
    write.result("ReduceSum", reached, np.array([-1], dtype=np.int64), keepdims=0)


REPAIR = Repair("buckets", {"Bucketize": _bucketize})
