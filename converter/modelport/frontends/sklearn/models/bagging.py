"""Bagging: the mean of estimators that may each see some of the columns only; without probabilities they vote."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, column
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import Inner, add_up, mean_of, numbered, numeric, predicted, spread
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return numbered("estimators_", estimator.estimators_)


def _features(estimator: Any) -> list[list[int]]:
    return [[int(place) for place in places] for places in estimator.estimators_features_]


def _readers(estimator: Any) -> Readers:
    return list(zip(estimator.estimators_, _features(estimator), strict=True))


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score [N] or [N, C]; or value [N] or [N, K].

    Numerics: the source adds the estimators one by one from zero, then divides once: exact.
    """
    rows = numeric(scope, table)
    inner = [
        predicted(scope, part, rows.select(scope.builder, places), convert_part)
        for part, places in zip(estimator.estimators_, _features(estimator), strict=True)
    ]
    if qualified_name(estimator).endswith("BaggingRegressor"):
        return Prediction(value=mean_of(scope, [one.need("value", "predict") for one in inner]))
    classes = tuple(plain(label) for label in estimator.classes_)
    total = add_up(scope, [_share(scope, one, len(classes)) for one in inner])
    mean = scope.builder.op("Div", total, scope.builder.constant(np.asarray(float(len(inner)))))
    scores = [one.prediction.score for one in inner]
    return Prediction(
        index=argmax(scope, mean),
        scores=mean,
        rule="argmax",
        probability=mean,
        score=mean_of(scope, _alike(scope, scores)) if _alike(scope, scores) else None,
        classes=classes,
    )


def _share(scope: Scope, inner: Inner, count: int) -> ir.Value:
    """float64 [N, C]: the probabilities that one estimator adds, or 1 for the class that it votes for."""
    b = scope.builder
    if hasattr(inner.estimator, "predict_proba"):
        # The estimators were fitted on 0, 1, 2 …, some perhaps without some class.
        places = [int(label) for label in inner.classes]
        return spread(scope, b.cast(inner.probability, ir.DataType.DOUBLE), places, count)
    labels = column(scope, inner.labels(scope, ir.DataType.INT64))
    own = b.op("Equal", labels, b.constant(np.arange(count, dtype=np.int64)), dtype=ir.DataType.BOOL)
    return b.cast(own, ir.DataType.DOUBLE)


def _alike(scope: Scope, scores: Sequence[ir.Value | None]) -> list[ir.Value]:
    """The scores, or none where an estimator has none, or one of another width as it was fitted on fewer classes."""
    found = [score for score in scores if score is not None]
    if len(found) < len(scores):
        return []
    return found if len({scope.shapes.width(score) for score in found}) == 1 else []


MODEL = Model(
    classes=[
        # imbalanced-learn's only fit in another way.
        "imblearn.ensemble.BalancedBaggingClassifier",
        "imblearn.ensemble.EasyEnsembleClassifier",
        "sklearn.ensemble.BaggingClassifier",
        "sklearn.ensemble.BaggingRegressor",
    ],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/ensemble/_bagging.py of 1.9, predict, predict_proba, decision_function",
)
