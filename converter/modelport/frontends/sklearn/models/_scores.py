"""From scores to labels and probabilities, as scikit-learn's linear and boosted classifiers do it."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Prediction, Scope

__all__ = ["argmax", "both_classes", "column", "decide", "exp", "expit", "flat", "one", "softmax"]


def flat(scope: Scope, value: ir.Value) -> ir.Value:
    """[N, 1] -> [N]."""
    return scope.builder.op("Squeeze", value, scope.builder.constant(np.array([1], dtype=np.int64)))


def column(scope: Scope, value: ir.Value) -> ir.Value:
    """[N] -> [N, 1]."""
    return scope.builder.op("Unsqueeze", value, scope.builder.constant(np.array([1], dtype=np.int64)))


def one(scope: Scope, value: ir.Value) -> ir.Value:
    """The constant 1 in the type of the value."""
    return scope.builder.constant(np.asarray(1.0), value.dtype)


def exp(scope: Scope, value: ir.Value) -> ir.Value:
    """e**x; 2 ULP in onnxruntime's double kernel."""
    return scope.builder.op("Exp", value)


def expit(scope: Scope, value: ir.Value) -> ir.Value:
    """1 / (1 + exp(-x)): onnxruntime's own Sigmoid saturates below about -18 in double."""
    b = scope.builder
    unit = one(scope, value)
    return b.op("Div", unit, b.op("Add", unit, b.op("Exp", b.op("Neg", value))))


def both_classes(scope: Scope, positive: ir.Value) -> ir.Value:
    """[N, 1] -> [N, 2]: 1 - p and p."""
    b = scope.builder
    return b.op("Concat", b.op("Sub", one(scope, positive), positive), positive, axis=1)


def softmax(scope: Scope, scores: ir.Value) -> ir.Value:
    """exp(x - max) / Σ exp(x - max), as sklearn.utils.extmath.softmax; [N, C] -> [N, C]."""
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    shifted = b.op("Exp", b.op("Sub", scores, b.op("ReduceMax", scores, axis, keepdims=1)))
    return b.op("Div", shifted, b.op("ReduceSum", shifted, axis, keepdims=1))


def argmax(scope: Scope, scores: ir.Value) -> ir.Value:
    """int64 [N]: the first of the greatest, as numpy."""
    return scope.builder.op("ArgMax", scores, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0)


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
