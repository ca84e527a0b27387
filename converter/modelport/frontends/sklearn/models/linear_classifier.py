"""Linear classifiers: X·coefᵀ + intercept, a label by sign or argmax, probabilities where the class has them."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import both_classes, expit, shares, softmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._labels import indicators
from modelport.frontends.sklearn.models._scores import decide
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "coefficients", "linear_scores"]


def coefficients(estimator: Any) -> npt.NDArray[np.floating]:
    """coef_ as [K, F]; it may have been made sparse, or be a vector."""
    coef = estimator.coef_
    return np.atleast_2d(coef.toarray() if hasattr(coef, "toarray") else np.asarray(coef))


def linear_scores(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, K]. Numerics: F eps Σ|x·w| from the dot product, then one addition, each in the wider type."""
    product = table.dot(scope.builder, np.ascontiguousarray(coefficients(estimator).T))
    return with_array(scope, "Add", product, estimator.intercept_)


def _refuse(estimator: Any) -> list[str]:
    if hasattr(estimator, "classes_") and coefficients(estimator).shape[0] == 1 and len(estimator.classes_) > 2:
        return ["one row of coefficients for more than two classes"]
    return []


def _multilabel(estimator: Any) -> bool:
    binarizer = getattr(estimator, "_label_binarizer", None)
    return binarizer is not None and str(binarizer.y_type_).startswith("multilabel")


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N] or [N, C], probability [N, C]; of K labels a row label [N, K]."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    scores = linear_scores(scope, estimator, table)
    if _multilabel(estimator):
        return replace(indicators(scope, scores, coefficients(estimator).shape[0]), score=scores)
    binary = coefficients(estimator).shape[0] == 1
    prediction = decide(scope, scores, binary=binary)
    if not hasattr(estimator, "predict_proba"):
        return prediction
    if getattr(estimator, "loss", "") == "modified_huber":
        return replace(prediction, probability=_clipped(scope, scores, binary=binary))
    if binary:
        return replace(prediction, probability=both_classes(scope, expit(scope, scores)))
    if not kind.startswith("LogisticRegression") or _one_against_rest(estimator):
        return replace(prediction, probability=shares(scope, expit(scope, scores)))
    return replace(prediction, probability=softmax(scope, scores))


def _one_against_rest(estimator: Any) -> bool:
    """Before scikit-learn 1.9, liblinear and multi_class='ovr' normalized one sigmoid a class."""
    return getattr(estimator, "solver", "") == "liblinear" or getattr(estimator, "multi_class", "") == "ovr"


def _clipped(scope: Scope, scores: ir.Value, *, binary: bool) -> ir.Value:
    """(clip(score, -1, 1) + 1) / 2, shared out among several classes."""
    b = scope.builder
    one, two = (b.constant(np.asarray(number), scores.dtype) for number in (1.0, 2.0))
    inside = b.op("Min", b.op("Max", scores, b.op("Neg", one)), one)
    half = b.op("Div", b.op("Add", inside, one), two)
    return both_classes(scope, half) if binary else shares(scope, half)


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
    source="sklearn/linear_model/_base.py, _logistic.py, _ridge.py and _stochastic_gradient.py of 1.9, "
    "decision_function, predict, predict_proba",
    terms=True,
)
