"""LinearDiscriminantAnalysis: linear scores with logistic probabilities; as a transformer, the discriminant axes.

QuadraticDiscriminantAnalysis: a Mahalanobis distance for each class.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import both_classes, expit, row_sum, softmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._discriminant import by_discriminant, in_columns
from modelport.frontends.sklearn.models._scores import decide
from modelport.frontends.sklearn.models.linear_classifier import linear_scores
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _linear(scope: Scope, estimator: Any, table: Columns) -> Prediction:
    scores = linear_scores(scope, estimator, table)
    binary = len(estimator.classes_) == 2
    probability = both_classes(scope, expit(scope, scores)) if binary else softmax(scope, scores)
    prediction = replace(decide(scope, scores, binary=binary), probability=probability)
    return replace(prediction, transformed=_axes(scope, estimator, table))


def _axes(scope: Scope, estimator: Any, table: Columns) -> ir.Value | None:
    """[N, F] -> [N, A]; the solver 'lsqr' has none."""
    if estimator.solver == "lsqr":
        return None
    rows = table.matrix(scope.builder)
    if estimator.solver == "svd":
        rows = with_array(scope, "Sub", rows, np.asarray(estimator.xbar_))
    scalings = np.asarray(estimator.scalings_)[:, : estimator._max_components]
    return with_array(scope, "MatMul", rows, np.ascontiguousarray(scalings))


def _quadratic(scope: Scope, estimator: Any, table: Columns) -> Prediction:
    """-0.5 (Σ((x - mean)·R·S**-0.5)² + Σlog S) + log prior."""
    b = scope.builder
    rows = table.matrix(b)
    norms = []
    for mean, rotation, scaling in zip(estimator.means_, estimator.rotations_, estimator.scalings_, strict=True):
        turned = with_array(scope, "MatMul", with_array(scope, "Sub", rows, mean), rotation * scaling ** (-0.5))
        norms.append(row_sum(scope, b.op("Mul", turned, turned), keep=True))
    logs = np.asarray([np.sum(np.log(scaling)) for scaling in estimator.scalings_])
    total = with_array(scope, "Add", in_columns(scope, norms), logs)
    scores = with_array(scope, "Add", with_array(scope, "Mul", total, -0.5), np.log(estimator.priors_))
    return by_discriminant(scope, scores, len(estimator.classes_))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N] or [N, C], probability [N, C], transformed [N, A]."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    return _linear(scope, estimator, table) if kind.startswith("Linear") else _quadratic(scope, estimator, table)


MODEL = Model(
    classes=[
        "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
        "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis",
    ],
    convert=_convert,
    source="sklearn/discriminant_analysis.py of 1.9, decision_function, predict, predict_proba, transform",
)
