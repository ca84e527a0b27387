"""Naive Bayes: GaussianNB, MultinomialNB, ComplementNB, BernoulliNB and CategoricalNB."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._discriminant import in_columns
from modelport.frontends.sklearn.models._likelihood import by_likelihood
from modelport.frontends.sklearn.models._pairwise import added
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _gaussian(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    b = scope.builder
    rows = table.matrix(b)
    joint = []
    for prior, mean, variance in zip(estimator.class_prior_, estimator.theta_, estimator.var_, strict=True):
        below = with_array(scope, "Sub", rows, mean)
        total = row_sum(scope, with_array(scope, "Div", b.op("Mul", below, below), variance), keep=True)
        constant = -0.5 * np.sum(np.log(2.0 * np.pi * variance))
        half = with_array(scope, "Mul", total, 0.5)
        joint.append(
            with_array(scope, "Add", b.op("Sub", b.constant(constant, half.dtype), half), np.log(prior)),
        )
    return in_columns(scope, joint)


def _multinomial(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    product = _counted(scope, estimator, table)
    return with_array(scope, "Add", product, np.asarray(estimator.class_log_prior_))


def _complement(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    product = _counted(scope, estimator, table)
    if len(estimator.classes_) == 1:
        return with_array(scope, "Add", product, np.asarray(estimator.class_log_prior_))
    return product


def _counted(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    return table.dot(scope.builder, np.ascontiguousarray(np.asarray(estimator.feature_log_prob_).T))


def _bernoulli(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    b = scope.builder
    rows = table.matrix(b)
    if estimator.binarize is not None:
        # A threshold of type float64 widens float32 rows, a Python number does not.
        wide = getattr(estimator.binarize, "dtype", None) == np.float64
        left = b.cast(rows, ir.DataType.DOUBLE) if wide else rows
        limit = b.constant(np.asarray(estimator.binarize), left.dtype)
        above = b.op("Greater", left, limit, dtype=ir.DataType.BOOL)
        rows = b.cast(above, rows.dtype or ir.DataType.DOUBLE)
        for origin in table.origins:
            scope.mark(origin, [float(estimator.binarize)])
    absent = np.log(1 - np.exp(estimator.feature_log_prob_))
    weights = np.ascontiguousarray((estimator.feature_log_prob_ - absent).T)
    product = with_array(scope, "MatMul", rows, weights)
    return with_array(scope, "Add", product, np.asarray(estimator.class_log_prior_ + absent.sum(axis=1)))


def _categorical(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """Each feature's logarithms are looked up and added in order: exact."""
    b = scope.builder
    terms = []
    for part, logs in zip(table.each(b), estimator.feature_log_prob_, strict=True):
        last = logs.shape[1] - 1
        origin = part.origins[0]
        scope.mark(origin, [float(code) for code in range(last + 1)])
        code = b.cast(b.cast(part.value, ir.DataType.DOUBLE), ir.DataType.INT64)
        # The source refuses what lies outside; here it must only not stop the rows beside it.
        inside = b.op("Min", b.op("Max", code, b.constant(np.array([0]))), b.constant(np.array([last])))
        place = b.op("Squeeze", inside, b.constant(np.array([1])))
        terms.append(b.op("Gather", b.constant(np.ascontiguousarray(logs.T)), place, axis=0))
    return with_array(scope, "Add", added(scope, terms), np.asarray(estimator.class_log_prior_))


_JOINT: dict[str, Callable[[Scope, Any, Columns], ir.Value]] = {
    "GaussianNB": _gaussian,
    "MultinomialNB": _multinomial,
    "ComplementNB": _complement,
    "BernoulliNB": _bernoulli,
    "CategoricalNB": _categorical,
}


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C]. Numerics: F eps Σ|terms| of each joint log likelihood."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    if kind != "CategoricalNB":
        scope.read_whole(table)
    return by_likelihood(scope, _JOINT[kind](scope, estimator, table))


MODEL = Model(
    classes=[f"sklearn.naive_bayes.{name}" for name in _JOINT],
    convert=_convert,
    source="sklearn/naive_bayes.py of 1.9, _joint_log_likelihood and predict_proba",
    terms=True,
)
