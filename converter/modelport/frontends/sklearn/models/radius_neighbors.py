"""RadiusNeighborsClassifier and RadiusNeighborsRegressor: votes and means of all training rows within a radius."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, flat, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._neighborhood import counted_by_pair, distances, refused
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _refuse(estimator: Any) -> list[str]:
    reasons = refused(estimator)
    if qualified_name(estimator).endswith("Classifier") and estimator.outlier_label_ is None:
        reasons.append(
            "outlier_label=None: it refuses rows without neighbours, which no rule on single features can tell"
        )
    return reasons


def _weights(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, M]: what each training row weighs, 0 beyond the radius; 1, or 1 / distance.

    Where a neighbour's distance is 0, such neighbours weigh 1 and all others 0.
    """
    b = scope.builder
    found = distances(scope, estimator, table)
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    limit = b.constant(np.asarray(found.to_rank(float(estimator.radius))))
    inside = b.op("LessOrEqual", found.rank, limit, dtype=_BOOL)
    counted = b.op("Where", inside, one, zero, dtype=_DOUBLE)
    if estimator.weights != "distance":
        return counted
    away = found.of_rank(found.rank)
    at = b.op("Where", b.op("Equal", away, zero, dtype=_BOOL), counted, zero, dtype=_DOUBLE)
    axis = b.constant(np.array([1], dtype=np.int64))
    some = b.op("Greater", b.op("ReduceMax", at, axis, keepdims=1), b.constant(np.asarray(0.5)), dtype=_BOOL)
    inverse = b.op("Where", inside, b.op("Div", one, away), zero, dtype=_DOUBLE)
    return b.op("Where", some, at, inverse, dtype=_DOUBLE)


def _totals(scope: Scope, weights: ir.Value, values: npt.NDArray[np.float64], *, whole: bool) -> ir.Value:
    """[N, M] times [M, C]; of whole numbers the rounded sum is exact."""
    b = scope.builder
    total = b.op("MatMul", weights, b.constant(np.ascontiguousarray(values)))
    return b.op("Round", total) if whole else total


def _class_of(
    scope: Scope, estimator: Any, weights: ir.Value, codes: Any, labels: Any, outlier: Any, *, by_number: bool = False
) -> Prediction:
    """Shares of the classes; a row without neighbours is the outlier label's, which need not be among the classes.

    ``by_number``: the source mistakes the outlier label for the number of a class.
    """
    b = scope.builder
    votes = _totals(scope, weights, np.eye(len(labels))[codes], whole=estimator.weights != "distance")
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    alone = b.op("Equal", row_sum(scope, votes, keep=True), zero, dtype=_BOOL)
    names = [plain(label) for label in labels]
    if by_number:
        own = np.array([[float(number == estimator.outlier_label) for number in range(len(names))]])
    else:
        own = np.array([[float(name == plain(outlier)) for name in names]])
    filled = b.op("Where", alone, b.constant(own), votes, dtype=_DOUBLE)
    total = row_sum(scope, filled, keep=True)
    safe = b.op("Where", b.op("Equal", total, zero, dtype=_BOOL), one, total, dtype=_DOUBLE)
    shares = b.op("Div", filled, safe)
    if own.any():
        return Prediction(
            index=argmax(scope, shares), scores=shares, rule="argmax", probability=shares, classes=tuple(names)
        )
    # Rows without any share get the outlier label, whether it is a class or one more.
    labelled = [*names, plain(outlier)] if plain(outlier) not in names else names
    place = labelled.index(plain(outlier))
    last = b.op("Where", alone, one, zero, dtype=_DOUBLE)
    empty = np.zeros((1, len(labelled)))
    empty[0, place] = 1.0
    widened = shares if len(labelled) == len(names) else b.op("Concat", shares, b.op("Mul", last, zero), axis=1)
    scores = b.op("Add", widened, b.op("Mul", last, b.constant(empty)))
    return Prediction(
        index=argmax(scope, scores), scores=scores, rule="argmax", probability=shares, classes=tuple(labelled)
    )


def _classifier(scope: Scope, estimator: Any, weights: ir.Value, rows_type: ir.DataType | None) -> Prediction:
    codes, outliers = (
        np.asarray(estimator._y, dtype=np.int64),
        np.ravel(np.asarray(estimator.outlier_label_, dtype=object)),
    )
    if not estimator.outputs_2d_:
        by_number = estimator.weights == "uniform" and counted_by_pair(estimator, rows_type)
        return _class_of(scope, estimator, weights, codes.ravel(), estimator.classes_, outliers[0], by_number=by_number)
    parts = zip(codes.T, estimator.classes_, outliers, strict=True)
    return Prediction(several=tuple(_class_of(scope, estimator, weights, *part) for part in parts))


def _regressor(scope: Scope, estimator: Any, weights: ir.Value) -> ir.Value:
    b = scope.builder
    targets = np.asarray(estimator._y)
    values = targets.reshape(len(targets), -1)
    # Whole numbers hold no NaN: what the source fills in is then the number that NaN becomes.
    with np.errstate(invalid="ignore"):
        empty = np.full_like(values[0], np.nan).astype(np.float64)
    total = row_sum(scope, weights, keep=True)
    if estimator.weights != "distance":
        total = b.op("Round", total)
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    alone = b.op("Equal", total, zero, dtype=_BOOL)
    safe = b.op("Where", alone, one, total, dtype=_DOUBLE)
    mean = b.op("Div", _totals(scope, weights, values.astype(np.float64), whole=False), safe)
    result = b.op("Where", alone, b.constant(empty[None]), mean, dtype=_DOUBLE)
    return flat(scope, result) if targets.ndim == 1 else result


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], of K outputs label [N, K] and probability_<k>; value [N] or [N, K].

    Numerics: counts are exact, sums have up to M terms. Where a distance lies within reach of the radius, both answers
    are accepted.
    """
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    weights = _weights(scope, estimator, table)
    if kind == "RadiusNeighborsClassifier":
        return _classifier(scope, estimator, weights, table.matrix(scope.builder).dtype)
    return Prediction(value=_regressor(scope, estimator, weights))


MODEL = Model(
    classes=["sklearn.neighbors.RadiusNeighborsClassifier", "sklearn.neighbors.RadiusNeighborsRegressor"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/neighbors/_classification.py, _regression.py, _base.py and metrics/_dist_metrics.pyx of 1.9",
)
