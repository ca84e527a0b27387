"""max.col(): R names one of the greatest columns, at random where they lie within 1e-5 of the greatest absolute value."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._emitting import Emitting
from modelport.ir.claims import Local

__all__ = ["undecided_near_ties"]

_RELTOL = 1e-5


def undecided_near_ties(scope: Emitting, scores: ir.Value) -> ir.Value:
    """The scores [N, C] as a label's decision sees them: the first of the greatest is named, any that R may draw accepted.

    Two scores are a tie for R when they lie within 1e-5 of the greatest absolute value of the row; it draws one by its
    random numbers, whose state no file holds. What is shown as a probability keeps its own bound.
    """

    def rule(n: Local) -> npt.NDArray[np.float64]:
        greatest = np.abs(n.result).max(axis=1, keepdims=True)
        # The column it compares with may itself lie that far below the greatest: both of a pair move by the whole of it.
        reach = np.where(np.isfinite(greatest), greatest * (_RELTOL * (1 + 1e-9)), 0.0)
        return np.asarray(n.d() + reach)

    value = scope.builder.op("Identity", scores)
    return scope.claim(value, [scores], rule, "1e-5 max|x|: within it R draws the label by random numbers")
