"""RaggedTensorToTensor of one ragged axis: tf2onnx's fails where all rows are empty.

**After**: row r has the values from start[r] on, and the default behind its end: Gather(values and default, places).
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Operand, Writer

__all__ = ["REPAIR"]


def _dense(write: Writer) -> None:
    values, default, *partition = write.inputs[1:]
    kinds = [one.decode() if isinstance(one, bytes) else str(one) for one in write.attribute("row_partition_types")]
    if write.rank_of(values) != 1 or write.rank_of(default) != 0:
        raise ValueError("its values are no single numbers or texts")
    if kinds == ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]:
        count, owners = (write("Cast", one, to=TensorProto.INT64) for one in partition)
        rows = write("Range", _whole(0), write("Reshape", count, _whole([])), _whole(1))
        owned = write("Equal", write("Unsqueeze", rows, _whole([1])), write("Unsqueeze", owners, _whole([0])))
        lengths = write("ReduceSum", write("Cast", owned, to=TensorProto.INT64), _whole([1]), keepdims=0)
        starts = write("CumSum", lengths, _whole(0), exclusive=1)
    elif kinds == ["ROW_SPLITS"]:
        splits = write("Cast", partition[0], to=TensorProto.INT64)
        starts = write("Slice", splits, _whole([0]), _whole([-1]))
        lengths = write("Sub", write("Slice", splits, _whole([1]), _whole([2**62])), starts)
    else:
        raise ValueError(f"it has more than one ragged axis ({', '.join(kinds)})")
    asked = np.ravel(write.needed(0, "the shape"))
    if asked[0] >= 0:
        raise ValueError("it is given a number of rows")
    longest = write("ReduceMax", write("Concat", _whole([0]), lengths, axis=0), _whole([0]), keepdims=0)
    width: Operand = _whole(asked[1]) if len(asked) > 1 and asked[1] >= 0 else longest
    columns = write("Range", _whole(0), width, _whole(1))
    inside = write("Less", columns, write("Unsqueeze", lengths, _whole([1])))
    places = write("Add", columns, write("Unsqueeze", starts, _whole([1])))
    behind = write("Size", values)
    extended = write("Concat", values, write("Unsqueeze", default, _whole([0])), axis=0)
    write.result("Gather", extended, write("Where", inside, places, behind), axis=0)


def _whole(values: object) -> Operand:
    return np.array(values, dtype=np.int64)


REPAIR = Repair("ragged rows", {"RaggedTensorToTensor": _dense})
