"""What QuadraticDiscriminantAnalysis and NearestCentroid share: outputs from the scores of all classes."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, columns, exp, row_sum, shares_of_powers
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["by_discriminant", "in_columns"]


def in_columns(scope: Scope, values: list[ir.Value]) -> ir.Value:
    """C values [N, 1] -> [N, C]."""
    return values[0] if len(values) == 1 else scope.builder.op("Concat", *values, axis=1)


def _shares(n: Local) -> npt.NDArray[np.float64]:
    """``shares_of_powers``, and what log Σ and its subtraction add."""
    distance = np.minimum(np.abs(n.x() - n.x().max(axis=1, keepdims=True)), 1e4)
    own = n.eps * (n.x().shape[1] + 10 + 2 * distance) * np.abs(n.result)
    return np.minimum(shares_of_powers(n) + np.where(np.isnan(own), 1.0, own), 1.0)


def by_discriminant(scope: Scope, scores: ir.Value, count: int) -> Prediction:
    """[N, C] -> label by argmax, also of two classes; their score is the difference; exp of the log likelihood."""
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    likelihood = b.op("Sub", scores, b.op("ReduceMax", scores, axis, keepdims=1))
    logs = b.op("Sub", likelihood, b.op("Log", row_sum(scope, exp(scope, likelihood), keep=True)))
    probability = scope.claim(
        exp(scope, logs), [scores], _shares, "eps (3 C + 20 + |x - max|) of a softmax by logarithms"
    )
    score = scores
    if count == 2:
        first, second = columns(scope, scores, 2)
        score = b.op("Sub", second, first)
    return Prediction(index=argmax(scope, scores), scores=scores, rule="argmax", score=score, probability=probability)
