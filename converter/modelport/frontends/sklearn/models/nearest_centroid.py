"""NearestCentroid: the class of the nearest centroid; with class priors that differ, a discriminant score."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._discriminant import by_discriminant, in_columns
from modelport.frontends.sklearn.models._pairwise import euclidean, manhattan, squared_euclidean
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _discriminants(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """-d² + 2 log prior, with rows and centroids over the deviation within classes, class by class. [N, C] float64."""
    b = scope.builder
    spread = np.asarray(estimator.within_class_std_dev_, dtype=np.float64)
    divisor = np.where(spread != 0, spread, 1.0)
    rows = b.op("Div", b.cast(table.matrix(b), ir.DataType.DOUBLE), b.constant(divisor))
    centroids = np.asarray(estimator.centroids_, dtype=np.float64) / divisor
    distance = euclidean if estimator.metric == "euclidean" else manhattan
    scores = []
    for centroid, prior in zip(centroids, estimator.class_prior_, strict=True):
        away = distance(scope, rows, centroid[None, :])
        scores.append(b.op("Add", b.op("Neg", b.op("Mul", away, away)), b.constant(2.0 * np.log(prior))))
    return in_columns(scope, scores)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], of Euclidean distances also score [N] or [N, C] and probability [N, C]."""
    scope.passed(table, "NearestCentroid")
    scope.read_whole(table)
    b = scope.builder
    count = len(estimator.classes_)
    priors = getattr(estimator, "class_prior_", None)
    given = Prediction()
    if priors is not None:
        given = by_discriminant(scope, _discriminants(scope, estimator, table), count)
        if estimator.metric != "euclidean":
            given = replace(given, score=None, probability=None)
        if not np.isclose(priors, 1 / count).all():
            return given
    distance = squared_euclidean if estimator.metric == "euclidean" else manhattan
    near = b.op("Neg", distance(scope, table.matrix(b), estimator.centroids_))
    return replace(given, index=argmax(scope, near), scores=near, rule="argmax")


MODEL = Model(
    classes=["sklearn.neighbors.NearestCentroid"],
    convert=_convert,
    source="sklearn/neighbors/_nearest_centroid.py of 1.9, predict, _decision_function",
)
