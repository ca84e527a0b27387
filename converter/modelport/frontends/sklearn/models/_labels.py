"""Labels of several columns: a classifier that was fitted on a matrix of 0 and 1 answers each column by itself."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import columns
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["indicators"]


def indicators(
    scope: Scope, scores: ir.Value, count: int, border: float = 0.0, probabilities: Sequence[ir.Value] = ()
) -> Prediction:
    """[N, K] -> K labels, 1 where the score exceeds the border; ``probabilities`` [N] go with each."""
    b = scope.builder
    limit = b.constant(np.asarray(border), scores.dtype)
    several = []
    for number, score in enumerate(columns(scope, scores, count)):
        above = b.op("Greater", score, limit, dtype=ir.DataType.BOOL)
        several.append(
            Prediction(
                index=b.cast(above, ir.DataType.INT64),
                scores=score,
                rule="positive",
                border=border,
                probability=probabilities[number] if probabilities else None,
                classes=(0, 1),
            )
        )
    return Prediction(several=tuple(several))
