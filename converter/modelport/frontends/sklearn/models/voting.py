"""VotingClassifier and VotingRegressor: majority of labels, or mean of probabilities or values, weighted or not."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, column
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import add_up, by_name, concat_columns, mean_of, predicted
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return by_name(estimator)


def _readers(estimator: Any) -> Readers:
    return [(part, None) for part in estimator.estimators_]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C] when soft; or value [N]; transformed.

    Numerics: votes are whole numbers or sums of weights in the order of the estimators, as bincount adds them; means as in
    numpy.average: exact. Ties go to the first class.
    """
    inner = [predicted(scope, part, table, convert_part) for part in estimator.estimators_]
    weights = estimator._weights_not_none
    if qualified_name(estimator).endswith("VotingRegressor"):
        values = [one.need("value", "predict") for one in inner]
        return Prediction(value=mean_of(scope, values, weights), transformed=concat_columns(scope, values))
    classes = tuple(plain(label) for label in estimator.classes_)
    if estimator.voting == "hard":
        # The estimators inside were fitted on 0, 1, 2 …, not on the labels.
        numbers = [one.labels(scope, ir.DataType.INT64) for one in inner]
        votes = _votes(scope, numbers, weights, len(classes))
        return Prediction(
            index=argmax(scope, votes),
            scores=votes,
            rule="argmax",
            transformed=concat_columns(scope, [one.labels(scope) for one in inner]),
            classes=classes,
        )
    probabilities = [one.probability for one in inner]
    mean = mean_of(scope, probabilities, weights)
    # Unflattened, transform() gives an array of three dimensions, which no contract can carry.
    flat = concat_columns(scope, probabilities) if estimator.flatten_transform else None
    return Prediction(
        index=argmax(scope, mean), scores=mean, rule="argmax", probability=mean, transformed=flat, classes=classes
    )


def _votes(scope: Scope, labels: list[ir.Value], weights: Any, count: int) -> ir.Value:
    b = scope.builder
    places = b.constant(np.arange(count, dtype=np.int64))
    nothing = b.constant(np.asarray(0.0))
    given = [1.0] * len(labels) if weights is None else [float(weight) for weight in weights]
    cast = []
    for label, weight in zip(labels, given, strict=True):
        own = b.op("Equal", column(scope, label), places, dtype=ir.DataType.BOOL)
        cast.append(b.op("Where", own, b.constant(np.asarray(weight)), nothing, dtype=ir.DataType.DOUBLE))
    return add_up(scope, cast)


MODEL = Model(
    classes=["sklearn.ensemble.VotingClassifier", "sklearn.ensemble.VotingRegressor"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/ensemble/_voting.py of 1.9, predict, predict_proba, transform",
    terms=True,
)
