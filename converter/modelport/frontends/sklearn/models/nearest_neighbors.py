"""KNeighborsClassifier and KNeighborsRegressor: votes and means of the nearest training rows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, flat, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._neighborhood import nearest, refused, weights_of
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _votes(
    scope: Scope, codes: npt.NDArray[np.int64], count: int, places: ir.Value, weights: ir.Value | None
) -> ir.Value:
    """[N, K] places -> [N, C]: how many neighbours, or what weight of them, each class has. Counts are exact."""
    b = scope.builder
    if weights is None:
        member = b.op("Gather", b.constant(np.eye(count, dtype=np.int64)[codes]), places, axis=0)
        return b.cast(row_sum(scope, member), ir.DataType.DOUBLE)
    member = b.op("Gather", b.constant(np.eye(count)[codes]), places, axis=0)
    last = b.op("Unsqueeze", weights, b.constant(np.array([2], dtype=np.int64)))
    return row_sum(scope, b.op("Mul", member, last))


def _class_of(scope: Scope, votes: ir.Value, labels: Any) -> Prediction:
    total = row_sum(scope, votes, keep=True)
    return Prediction(
        index=argmax(scope, votes),
        scores=votes,
        rule="argmax",
        probability=scope.builder.op("Div", votes, total),
        classes=tuple(plain(label) for label in labels),
    )


def _classifier(scope: Scope, estimator: Any, places: ir.Value, weights: ir.Value | None) -> Prediction:
    codes = np.asarray(estimator._y, dtype=np.int64)
    if not estimator.outputs_2d_:
        return _class_of(
            scope, _votes(scope, codes.ravel(), len(estimator.classes_), places, weights), estimator.classes_
        )
    several = []
    for own, labels in zip(codes.T, estimator.classes_, strict=True):
        several.append(_class_of(scope, _votes(scope, own, len(labels), places, weights), labels))
    return Prediction(several=tuple(several))


def _regressor(scope: Scope, estimator: Any, places: ir.Value, weights: ir.Value | None) -> ir.Value:
    b = scope.builder
    targets = np.asarray(estimator._y)
    targets = targets.astype(np.float32 if weights is None and targets.dtype == np.float32 else np.float64)
    values = b.op("Gather", b.constant(targets.reshape(len(targets), -1)), places, axis=0)
    if weights is None:
        mean = b.op("Div", row_sum(scope, values), b.constant(np.asarray(float(estimator.n_neighbors)), values.dtype))
    else:
        last = b.op("Unsqueeze", weights, b.constant(np.array([2], dtype=np.int64)))
        mean = b.op("Div", row_sum(scope, b.op("Mul", values, last)), row_sum(scope, weights, keep=True))
    return flat(scope, mean) if targets.ndim == 1 else mean


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], of K outputs label [N, K] and probability_<k>; value [N] or [N, K].

    Numerics: counts are exact; weights and means sum K terms. Where the last neighbour ties with the next one,
    the source's own choice is made where it has one; else each of the answers is accepted.
    """
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    _, away, places = nearest(scope, estimator, table, int(estimator.n_neighbors))
    weights = weights_of(scope, away) if estimator.weights == "distance" else None
    if kind == "KNeighborsClassifier":
        return _classifier(scope, estimator, places, weights)
    return Prediction(value=_regressor(scope, estimator, places, weights))


MODEL = Model(
    classes=["sklearn.neighbors.KNeighborsClassifier", "sklearn.neighbors.KNeighborsRegressor"],
    convert=_convert,
    refuse=refused,
    source="sklearn/neighbors/_classification.py, _regression.py, _base.py and metrics/_dist_metrics.pyx of 1.9",
)
