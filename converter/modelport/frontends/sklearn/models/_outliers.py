"""The label of outlier detectors: 1 for an inlier, -1 for an outlier, by the sign of the score."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["detected"]


def detected(scope: Scope, score: ir.Value, *, at_zero: bool = True) -> Prediction:
    """[N] -> label and score; ``at_zero``: a score of exactly 0 is an inlier's."""
    b = scope.builder
    inside = b.op(
        "GreaterOrEqual" if at_zero else "Greater",
        score,
        b.constant(np.asarray(0.0), score.dtype),
        dtype=ir.DataType.BOOL,
    )
    return Prediction(
        index=b.cast(inside, ir.DataType.INT64),
        scores=score,
        rule="positive",
        score=score,
        classes=(-1, 1),
        task="outlier_detector",
    )
