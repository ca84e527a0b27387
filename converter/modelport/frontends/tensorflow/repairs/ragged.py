"""RaggedTensorToTensor of one ragged axis: tf2onnx's fails where all rows are empty.

**After**: row r has the values from start[r] on, and the default behind its end: Gather(values and default, places).
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]


def _dense(write: Writer) -> None:
    values, default, *partition = write.inputs[1:]
    kinds = [one.decode() if isinstance(one, bytes) else str(one) for one in write.attribute("row_partition_types")]
    if write.rank_of(values) != 1 or write.rank_of(default) != 0:
        raise ValueError("its values are no single numbers or texts")
    if kinds == ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]:
        count, owners = (write("Cast", one, to=TensorProto.INT64) for one in partition)
        rows = write("Range", integers(0), write("Reshape", count, integers([])), integers(1))
        owned = write("Equal", write("Unsqueeze", rows, integers([1])), write("Unsqueeze", owners, integers([0])))
        lengths = write("ReduceSum", write("Cast", owned, to=TensorProto.INT64), integers([1]), keepdims=0)
        starts = write("CumSum", lengths, integers(0), exclusive=1)
    elif kinds == ["ROW_SPLITS"]:
        splits = write("Cast", partition[0], to=TensorProto.INT64)
        starts = write("Slice", splits, integers([0]), integers([-1]))
        lengths = write("Sub", write("Slice", splits, integers([1]), integers([2**62])), starts)
    else:
        raise ValueError(f"it has more than one ragged axis ({', '.join(kinds)})")
    asked = np.ravel(write.needed(0, "the shape"))
    if asked[0] >= 0:
        raise ValueError("it is given a number of rows")
    longest = write("ReduceMax", write("Concat", integers([0]), lengths, axis=0), integers([0]), keepdims=0)
    width: Operand = integers(asked[1]) if len(asked) > 1 and asked[1] >= 0 else longest
    columns = write("Range", integers(0), width, integers(1))
    inside = write("Less", columns, write("Unsqueeze", lengths, integers([1])))
    places = write("Add", columns, write("Unsqueeze", starts, integers([1])))
    behind = write("Size", values)
    extended = write("Concat", values, write("Unsqueeze", default, integers([0])), axis=0)
    write.result("Gather", extended, write("Where", inside, places, behind), axis=0)


REPAIR = Repair("ragged rows", {"RaggedTensorToTensor": _dense})
