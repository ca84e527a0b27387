"""From scores to labels, as scikit-learn's linear and boosted classifiers decide them."""

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, flat
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["decide"]


def decide(scope: Scope, scores: ir.Value, *, binary: bool, at_zero: bool = False) -> Prediction:
    """Label from scores [N, C], or [N, 1] when binary: class 1 where the score exceeds 0, or reaches it."""
    b = scope.builder
    if not binary:
        return Prediction(index=argmax(scope, scores), scores=scores, rule="argmax", score=scores)
    single = flat(scope, scores)
    positive = b.op(
        "GreaterOrEqual" if at_zero else "Greater",
        single,
        b.constant(np.asarray(0.0), scores.dtype),
        dtype=ir.DataType.BOOL,
    )
    return Prediction(index=b.cast(positive, ir.DataType.INT64), scores=single, rule="positive", score=single)
