"""AdaBoost: weighted votes of classifiers, or the weighted median of regressors."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, column, flat, softmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import (
    Inner,
    add_up,
    concat_columns,
    filled,
    numbered,
    numeric,
    predicted,
)
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _parts(estimator: Any) -> Parts:
    return numbered("estimators_", estimator.estimators_)


def _readers(estimator: Any) -> Readers:
    return [(part, None) for part in estimator.estimators_]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score [N] or [N, C]; or value [N]."""
    rows = numeric(scope, table)
    inner = [predicted(scope, part, rows, convert_part) for part in estimator.estimators_]
    if qualified_name(estimator).endswith("AdaBoostRegressor"):
        return Prediction(value=_median(scope, inner, np.asarray(estimator.estimator_weights_, dtype=np.float64)))
    return _classifier(scope, estimator, inner, table)


def _classifier(scope: Scope, estimator: Any, inner: list[Inner], table: Columns) -> Prediction:
    """Numerics: each estimator adds its weight to its class and a share of it, negative, to the others; then one division
    by the sum of the weights: exact. Probabilities by a softmax.
    """
    b = scope.builder
    classes = tuple(plain(label) for label in estimator.classes_)
    count = len(classes)
    if count == 1:
        zeros, ones = (filled(scope, table, number) for number in (0.0, 1.0))
        return Prediction(
            index=b.cast(zeros, ir.DataType.INT64),
            probability=column(scope, ones),
            score=column(scope, zeros),
            classes=classes,
        )
    weights = np.asarray(estimator.estimator_weights_, dtype=np.float64)
    if getattr(estimator, "algorithm", "") == "SAMME.R":
        shares = [_real(scope, one, count) for one in inner]
    else:
        shares = [_vote(scope, one, classes, float(weight)) for one, weight in zip(inner, weights, strict=False)]
    total = b.op("Div", add_up(scope, shares), b.constant(np.asarray(weights.sum())))
    if count > 2:
        probability = softmax(scope, b.op("Div", total, b.constant(np.asarray(float(count - 1)))))
        return Prediction(
            index=argmax(scope, total),
            scores=total,
            rule="argmax",
            score=total,
            probability=probability,
            classes=classes,
        )
    first, second = (b.op("Gather", total, b.constant(np.asarray(i, dtype=np.int64)), axis=1) for i in (0, 1))
    score = b.op("Add", b.op("Neg", first), second)
    both = b.op("Concat", column(scope, b.op("Neg", score)), column(scope, score), axis=1)
    positive = b.op("Greater", score, b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(positive, ir.DataType.INT64),
        scores=score,
        rule="positive",
        score=score,
        probability=softmax(scope, b.op("Div", both, b.constant(np.asarray(2.0)))),
        classes=classes,
    )


def _vote(scope: Scope, inner: Inner, classes: tuple[Any, ...], weight: float) -> ir.Value:
    """SAMME, [N, C]: the weight where the estimator says so, elsewhere -1/(C - 1) of it, rounded as in the source."""
    b = scope.builder
    places = b.constant(np.arange(len(classes), dtype=np.int64))
    own = b.op("Equal", column(scope, inner.places(scope, classes)), places, dtype=ir.DataType.BOOL)
    other = -1 / (len(classes) - 1) * weight
    return b.op("Where", own, b.constant(np.asarray(weight)), b.constant(np.asarray(other)), dtype=ir.DataType.DOUBLE)


def _real(scope: Scope, inner: Inner, count: int) -> ir.Value:
    """SAMME.R of scikit-learn before 1.6, [N, C]: (C - 1)(log p - mean of log p), p at least eps."""
    b = scope.builder
    p = inner.probability
    low = b.constant(np.asarray(np.finfo(p.dtype.numpy() if p.dtype else np.float64).eps), p.dtype)
    logs = b.op("Log", b.op("Where", b.op("Less", p, low, dtype=ir.DataType.BOOL), low, p, dtype=p.dtype))
    total = b.op("ReduceSum", logs, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    mean = b.op("Mul", b.constant(np.asarray(1.0 / count), p.dtype), total)
    return b.op("Mul", b.constant(np.asarray(float(count - 1)), p.dtype), b.op("Sub", logs, mean))


def _median(scope: Scope, inner: list[Inner], weights: Array) -> ir.Value:
    """[N]: of the values in ascending order the first at which the weights reach half of their sum.

    Numerics: the weights are added in the order of the values, row by row, as the source does; where values are equal,
    numpy's sort leaves their order open, and with it the last bit of the sums: the claim tells these rows.
    """
    b = scope.builder
    own = np.ascontiguousarray(weights[: len(inner)])
    values = concat_columns(scope, [one.need("value", "predict") for one in inner])
    ordered, places = b.top_k(values, len(inner))
    gathered = b.op("Gather", b.constant(own), places, axis=0)
    sums = b.op("CumSum", gathered, b.constant(np.asarray(1, dtype=np.int64)))
    last = b.op("Gather", sums, b.constant(np.array([len(inner) - 1], dtype=np.int64)), axis=1)
    half = b.op("Mul", b.constant(np.asarray(0.5)), last)
    reached = b.cast(b.op("GreaterOrEqual", sums, half, dtype=ir.DataType.BOOL), ir.DataType.DOUBLE)
    first = column(scope, argmax(scope, reached))
    median = flat(scope, b.op("GatherElements", ordered, first, axis=1))

    def rule(n: Local) -> Array:
        return _spread_of_median(n, own)

    return scope.claim(median, [values], rule, "the order of equal values in a weighted median")


def _spread_of_median(n: Local, weights: Array) -> Array:
    """A weighted median grows with each of its values: its ends are the medians of the ends, half taken either way."""
    x, d = n.x(), n.d()
    ordered = np.sort(x, axis=1)
    open_order = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1) | (d > 0).any(axis=1)
    slack = 2 * len(weights) * np.finfo(np.float64).eps
    ends = [_weighted_median(x - d, weights, 1 - slack), _weighted_median(x + d, weights, 1 + slack)]
    return np.where(open_order, n.spread(*ends), 0.0)


def _weighted_median(values: Array, weights: Array, half: float) -> Array:
    order = np.argsort(values, axis=1, kind="stable")
    sums = np.cumsum(weights[order], axis=1)
    # With a half that is never reached, the last value is the one.
    reached = sums >= 0.5 * half * sums[:, -1:]
    reached[:, -1] = True
    place = reached.argmax(axis=1)
    return np.asarray(np.take_along_axis(np.take_along_axis(values, order, 1), place[:, None], 1)[:, 0])


MODEL = Model(
    classes=[
        # RUSBoost only fits in another way.
        "imblearn.ensemble.RUSBoostClassifier",
        "sklearn.ensemble.AdaBoostClassifier",
        "sklearn.ensemble.AdaBoostRegressor",
    ],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/ensemble/_weight_boosting.py of 1.9, decision_function, predict_proba, _get_median_predict",
)
