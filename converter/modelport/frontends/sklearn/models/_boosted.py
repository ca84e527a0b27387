"""Labels and probabilities of boosted classifiers from their raw sums."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import both_classes, expit, softmax
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._scores import decide
from modelport.ir.prediction import Prediction

__all__ = ["boosted_classes"]


def boosted_classes(
    scope: Scope, raw: ir.Value, *, binary: bool, at_zero: bool = False, half_logit: bool = False
) -> Prediction:
    """[N, 1] or [N, C] raw sums -> label, score and probability by the logistic links of sklearn/_loss/link.py.

    ``half_logit``: the link of the exponential loss, of which the raw sum is but half the logit.
    """
    prediction = decide(scope, raw, binary=binary, at_zero=at_zero)
    if not binary:
        return replace(prediction, probability=softmax(scope, raw))
    logit = scope.builder.op("Mul", raw, scope.builder.constant(np.asarray(2.0), raw.dtype)) if half_logit else raw
    return replace(prediction, probability=both_classes(scope, expit(scope, logit)))
