"""GaussianMixture and BayesianGaussianMixture: log densities of the components, weighted."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._likelihood import by_likelihood, log_sum_exp
from modelport.frontends.sklearn.models._pairwise import squared_norms
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


class _Rows:
    """Rows [N, F] in their own type and, as numpy promotes them beside the fitted arrays, in the wider one."""

    def __init__(self, scope: Scope, rows: ir.Value, fitted: Array) -> None:
        narrow = rows.dtype == ir.DataType.FLOAT and fitted.dtype == np.float32
        self.wide = ir.DataType.FLOAT if narrow else ir.DataType.DOUBLE
        self.own = rows
        self.promoted = scope.builder.cast(rows, self.wide)


def _whitened(scope: Scope, rows: _Rows, means: Array, factors: Sequence[Array] | Array) -> ir.Value:
    """Σ(x·L - m·L)² of each component, rounded to the type of the rows. [N, F] -> [N, C]."""
    b = scope.builder
    found = []
    for mean, factor in zip(means, factors, strict=True):
        turned = b.op("MatMul", rows.promoted, b.constant(np.ascontiguousarray(factor), rows.wide))
        away = b.op("Sub", turned, b.constant(mean @ factor, rows.wide))
        found.append(row_sum(scope, b.op("Mul", away, away), keep=True))
    joined = found[0] if len(found) == 1 else b.op("Concat", *found, axis=1)
    return b.cast(joined, rows.own.dtype or rows.wide)


def _diagonal(scope: Scope, rows: _Rows, means: Array, factors: Array) -> ir.Value:
    """Σm²p - 2·x·(m·p) + x²·p, in that order; x² in the type of the rows. [N, F] -> [N, C]."""
    b = scope.builder
    precisions = factors**2
    crossed = b.op("MatMul", rows.promoted, b.constant(np.ascontiguousarray(2.0 * (means * precisions).T), rows.wide))
    squared = b.cast(b.op("Mul", rows.own, rows.own), rows.wide)
    squares = b.op("MatMul", squared, b.constant(np.ascontiguousarray(precisions.T), rows.wide))
    norms = b.constant((means**2 * precisions).sum(axis=1), rows.wide)
    return b.op("Add", b.op("Sub", norms, crossed), squares)


def _spherical(scope: Scope, rows: _Rows, means: Array, factors: Array) -> ir.Value:
    """Σm²·p - 2·(x·m·p) + Σx²·p, in that order; Σx² in the type of the rows. [N, F] -> [N, C]."""
    b = scope.builder
    precisions = b.constant(factors**2, rows.wide)
    product = b.op("MatMul", rows.promoted, b.constant(np.ascontiguousarray(means.T), rows.wide))
    crossed = b.op("Mul", b.op("Mul", product, precisions), b.constant(np.asarray(2.0), rows.wide))
    squares = b.op("Mul", b.cast(squared_norms(scope, rows.own), rows.wide), precisions)
    norms = b.constant((means**2).sum(axis=1) * factors**2, rows.wide)
    return b.op("Add", b.op("Sub", norms, crossed), squares)


def _log_determinants(factors: Array, kind: str, width: int) -> Array:
    """Half the logarithm of the determinant of each precision matrix, [C] or [1]."""
    if kind == "full":
        return np.asarray(np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1))
    if kind == "tied":
        return np.asarray([np.log(np.diag(factors)).sum()])
    return np.asarray(np.log(factors).sum(axis=1) if kind == "diag" else width * np.log(factors))


def _added_to_density(estimator: Any, width: int) -> list[Array]:
    """What is added to the Gaussian log density, one after the other; the weights last."""
    if qualified_name(estimator).endswith(".GaussianMixture"):
        return [np.log(estimator.weights_)]
    from scipy.special import digamma

    freedom = np.asarray(estimator.degrees_of_freedom_)
    log_lambda = width * np.log(2.0) + np.sum(digamma(0.5 * (freedom - np.arange(width)[:, None])), axis=0)
    return [
        -0.5 * width * np.log(freedom),
        0.5 * (log_lambda - width / estimator.mean_precision_),
        np.asarray(estimator._estimate_log_weights()),
    ]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score_samples [N] (the log density).

    Numerics: as numpy promotes rows and fitted arrays. The expanded squares of diagonal and spherical covariances
    cancel in the source as they do here.
    """
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    b = scope.builder
    means, factors = np.asarray(estimator.means_), np.asarray(estimator.precisions_cholesky_)
    rows = _Rows(scope, table.matrix(b), means)
    kind, (count, width) = estimator.covariance_type, means.shape
    if kind == "diag":
        distance = _diagonal(scope, rows, means, factors)
    elif kind == "spherical":
        distance = _spherical(scope, rows, means, factors)
    else:
        distance = _whitened(scope, rows, means, factors if kind == "full" else [factors] * count)
    # Python's numbers keep the type of the array; the fitted arrays after them may widen it.
    shifted = b.op("Add", distance, b.constant(np.asarray(width * math.log(2 * math.pi)), distance.dtype))
    logs = b.cast(b.op("Mul", shifted, b.constant(np.asarray(-0.5), distance.dtype)), rows.wide)
    for term in [_log_determinants(factors, kind, width), *_added_to_density(estimator, width)]:
        logs = b.op("Add", logs, b.constant(np.broadcast_to(term, (count,)), rows.wide))
    return replace(
        by_likelihood(scope, logs),
        score_samples=flat(scope, log_sum_exp(scope, logs)),
        classes=tuple(range(count)),
        task="density",
    )


MODEL = Model(
    classes=["sklearn.mixture.GaussianMixture", "sklearn.mixture.BayesianGaussianMixture"],
    convert=_convert,
    source="sklearn/mixture/_gaussian_mixture.py, _bayesian_mixture.py and _base.py of 1.9, _estimate_log_gaussian_prob",
)
