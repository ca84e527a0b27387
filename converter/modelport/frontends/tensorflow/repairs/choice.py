"""Choices between two tensors by a condition: tf2onnx adds c*x and (1-c)*y, and so lets NaN of the other side through.

**After**: Where(condition, x, y), which broadcasts as SelectV2 does. The older Select takes a condition for each row.
"""

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _choose(write: Writer) -> None:
    condition, x, y = write.inputs
    write.choose(condition, x, y)


def _choose_rows(write: Writer) -> None:
    condition, x, y = write.inputs
    more = write.rank_of(x) - write.rank_of(condition)
    if more and write.rank_of(condition) == 1:
        condition = write("Unsqueeze", condition, np.arange(1, more + 1, dtype=np.int64))
    write.choose(condition, x, y)


REPAIR = Repair("choices", {"Select": _choose_rows, "SelectV2": _choose})
