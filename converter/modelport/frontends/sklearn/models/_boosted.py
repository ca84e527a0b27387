"""Labels and probabilities of boosted classifiers from their raw sums."""

from dataclasses import replace

import onnx_ir as ir

from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._scores import both_classes, decide, expit, softmax

__all__ = ["boosted_classes"]


def boosted_classes(scope: Scope, raw: ir.Value, *, binary: bool, at_zero: bool = False) -> Prediction:
    """[N, 1] or [N, C] raw sums -> label, score and probability by the logistic links of sklearn/_loss/link.py."""
    prediction = decide(scope, raw, binary=binary, at_zero=at_zero)
    probability = both_classes(scope, expit(scope, raw)) if binary else softmax(scope, raw)
    return replace(prediction, probability=probability)
