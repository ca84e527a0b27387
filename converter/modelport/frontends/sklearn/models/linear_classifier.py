"""Linear classifiers: X·coefᵀ + intercept, a label by sign or argmax, probabilities where the class has them."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._scores import both_classes, decide, expit, softmax

__all__ = ["MODEL", "linear_scores"]


def linear_scores(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, K]. Numerics: F eps Σ|x·w| from the dot product, then one addition."""
    b = scope.builder
    coefficients = np.atleast_2d(np.asarray(estimator.coef_))
    # numpy computes in the wider of the two types.
    product = table.dot(b, np.ascontiguousarray(coefficients.T))
    return b.op("Add", product, b.constant(np.atleast_1d(np.asarray(estimator.intercept_)), product.dtype))


def _refuse(estimator: Any) -> list[str]:
    if qualified_name(estimator).endswith("LogisticRegressionCV") or hasattr(estimator, "predict_proba"):
        kind = qualified_name(estimator).rsplit(".", 1)[-1]
        if kind.startswith("LogisticRegression"):
            return []
        return [f"predict_proba of {kind} with loss={getattr(estimator, 'loss', None)!r}"]
    if np.asarray(estimator.coef_).ndim == 2 and estimator.coef_.shape[0] == 1 and len(estimator.classes_) > 2:
        return ["one row of coefficients for more than two classes"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N] or [N, C], probability [N, C]."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    scores = linear_scores(scope, estimator, table)
    binary = np.atleast_2d(estimator.coef_).shape[0] == 1
    prediction = decide(scope, scores, binary=binary)
    if not hasattr(estimator, "predict_proba"):
        return prediction
    if binary:
        return replace(prediction, probability=both_classes(scope, expit(scope, scores)))
    if _one_against_rest(estimator):
        return replace(prediction, probability=_normalized(scope, expit(scope, scores)))
    return replace(prediction, probability=softmax(scope, scores))


def _one_against_rest(estimator: Any) -> bool:
    """Before scikit-learn 1.9, liblinear and multi_class='ovr' normalized one sigmoid a class."""
    return getattr(estimator, "solver", "") == "liblinear" or getattr(estimator, "multi_class", "") == "ovr"


def _normalized(scope: Scope, positive: ir.Value) -> ir.Value:
    b = scope.builder
    total = b.op("ReduceSum", positive, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.op("Div", positive, total)


MODEL = Model(
    classes=[
        "sklearn.linear_model.LogisticRegression",
        "sklearn.linear_model.LogisticRegressionCV",
        "sklearn.linear_model.RidgeClassifier",
        "sklearn.linear_model.RidgeClassifierCV",
        "sklearn.linear_model.SGDClassifier",
        "sklearn.linear_model.Perceptron",
        "sklearn.linear_model.PassiveAggressiveClassifier",
        "sklearn.svm.LinearSVC",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/linear_model/_base.py and _logistic.py of 1.9, decision_function, predict, predict_proba",
    terms=True,
)
