"""Rows with gaps, filled with the mean of the fitted rows that are nearest in the columns that a row has."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._power_curves import constant

__all__ = ["mean_of_nearest"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def mean_of_nearest(scope: Scope, rows: ir.Value, table: npt.NDArray[np.float64], count: int) -> ir.Value:
    """Shapes: rows [N, K] with NaN for what is missing, table [M, K] -> [N, K]; a row with nothing at all stays NaN.

    Numerics: squared distances term by term; the mean is a sum of ``count`` values. Of rows equally near the first count.
    """
    b = scope.builder
    zero = constant(scope, 0.0)
    gaps = b.op("IsNaN", rows, dtype=_BOOL)
    middle, last = (b.constant(np.array([axis], dtype=np.int64)) for axis in (1, 2))
    difference = b.op("Sub", b.op("Unsqueeze", rows, middle), b.constant(table[None]))
    squares = b.op("Mul", difference, difference)
    squares = b.op("Where", b.op("Unsqueeze", gaps, middle), zero, squares, dtype=_DOUBLE)
    distances = b.op("ReduceSum", squares, last, keepdims=0)
    _, index = b.top_k(distances, count)
    chosen = b.op("Gather", b.constant(table), index, axis=0)
    total = b.op("ReduceSum", chosen, middle, keepdims=0)
    mean = b.op("Div", total, constant(scope, float(count)))
    present = b.cast(b.op("Not", gaps), _DOUBLE)
    any_present = b.op("Greater", b.op("ReduceMax", present, middle, keepdims=1), zero, dtype=_BOOL)
    mean = b.op("Where", any_present, mean, constant(scope, float("nan")), dtype=_DOUBLE)
    return b.op("Where", gaps, mean, rows, dtype=_DOUBLE)
