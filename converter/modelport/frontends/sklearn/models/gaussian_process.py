"""GaussianProcessRegressor and GaussianProcessClassifier: the kernel to the training rows, times what was learned."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models import one_vs_one, one_vs_rest
from modelport.frontends.sklearn.models._gp_kernels import diagonal, kernel_between, refused_kernels
from modelport.frontends.sklearn.models._scores import both_classes, flat, row_sum
from modelport.frontends.sklearn.models._special import erf
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.claims import Local

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _binaries(estimator: Any) -> list[Any]:
    base = estimator.base_estimator_
    return list(base.estimators_) if hasattr(base, "estimators_") else [base]


def _refuse(estimator: Any) -> list[str]:
    if qualified_name(estimator).endswith("Regressor"):
        if not hasattr(estimator, "X_train_"):
            return ["it was never fitted: predict gives the prior"]
        return refused_kernels(estimator.kernel_)
    parts = [part for part in _binaries(estimator) if hasattr(part, "kernel_")]
    return list(dict.fromkeys(reason for part in parts for reason in refused_kernels(part.kernel_)))


def _rows(scope: Scope, table: Columns) -> ir.Value:
    return scope.builder.cast(table.matrix(scope.builder), ir.DataType.DOUBLE)


def _regress(scope: Scope, estimator: Any, table: Columns) -> Prediction:
    """K·alpha, then times the deviation of y and plus its mean. Numerics: M eps Σ|k·a| of M training rows."""
    b = scope.builder
    fitted = np.asarray(estimator.X_train_, dtype=np.float64)
    alpha = np.asarray(estimator.alpha_, dtype=np.float64).reshape(len(fitted), -1)
    kernel = _spread(scope, kernel_between(scope, estimator.kernel_, _rows(scope, table), fitted), table, len(fitted))
    value = b.op("MatMul", kernel, b.constant(alpha))
    value = b.op("Mul", b.constant(np.asarray(estimator._y_train_std, dtype=np.float64)), value, dtype=value.dtype)
    value = b.op("Add", value, b.constant(np.asarray(estimator._y_train_mean, dtype=np.float64)))
    return Prediction(value=flat(scope, value) if alpha.shape[1] == 1 else value)


def _spread(scope: Scope, kernel: ir.Value, table: Columns, count: int) -> ir.Value:
    """A kernel that does not depend on the rows has one value, and needs one for each pair."""
    b = scope.builder
    first = b.cast(table.select(b, [0]).matrix(b), ir.DataType.DOUBLE)
    # No row with NaN gets here, and 0·x would be NaN of an infinite x.
    none = b.cast(b.op("IsNaN", first, dtype=ir.DataType.BOOL), ir.DataType.DOUBLE)
    zeros = b.op("Mul", none, b.constant(np.zeros((1, count))))
    return b.op("Add", kernel, zeros, dtype=ir.DataType.DOUBLE)


def _classify(scope: Scope, estimator: Any, table: Columns) -> Prediction:
    """One Laplace approximation: class 1 where the latent mean exceeds 0; the probability is its expected logistic.

    Numerics: the variance is what a triangular solution leaves of the kernel's diagonal: M eps |L⁻¹||L||v| of M training rows
    (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 8.5), claimed.
    """
    b = scope.builder
    rows = _rows(scope, table)
    fitted = np.asarray(estimator.X_train_, dtype=np.float64)
    kernel = _spread(scope, kernel_between(scope, estimator.kernel_, rows, fitted), table, len(fitted))
    mean = b.op("MatMul", kernel, b.constant((estimator.y_train_ - estimator.pi_).astype(np.float64)[:, None]))
    solved = _solved(scope, b.op("Mul", kernel, b.constant(np.asarray(estimator.W_sr_))), np.asarray(estimator.L_))
    taken = row_sum(scope, b.op("Mul", solved, solved), keep=True)
    variance = b.op("Sub", diagonal(scope, estimator.kernel_, rows), taken, dtype=ir.DataType.DOUBLE)
    positive = b.op("Greater", flat(scope, mean), b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(positive, ir.DataType.INT64),
        scores=flat(scope, mean),
        rule="positive",
        probability=both_classes(scope, _expected_logistic(scope, mean, variance)),
        classes=tuple(plain(label) for label in estimator.classes_),
    )


def _solved(scope: Scope, right: ir.Value, factor: Array) -> ir.Value:
    """L⁻¹·right of each row. [N, M] -> [N, M]."""
    from scipy.linalg import solve_triangular

    inverse = solve_triangular(factor, np.eye(len(factor)), lower=True)
    value = scope.builder.op("MatMul", right, scope.builder.constant(np.ascontiguousarray(inverse.T)))
    reach = np.abs(inverse).T
    growth = np.abs(factor).T @ reach
    count = len(factor)

    def rule(n: Local) -> Array:
        moved = (n.d() + count * n.eps * np.abs(n.x())) @ reach
        # The source's solution, and the inverse here, which is one.
        return np.asarray(moved + 2 * count * n.eps * (np.abs(n.result) @ growth))

    return scope.claim(value, [right], rule, f"{count} eps |L⁻¹||L||v| of a triangular solution")


def _expected_logistic(scope: Scope, mean: ir.Value, variance: ir.Value) -> ir.Value:
    """The logistic function's mean under a normal distribution, as a mixture of five error functions. [N, 1] each."""
    from sklearn.gaussian_process._gpc import COEFS, LAMBDAS

    b = scope.builder

    def number(value: float) -> ir.Value:
        return b.constant(np.asarray(value))

    alpha = b.op("Div", number(1.0), b.op("Mul", number(2.0), variance), dtype=ir.DataType.DOUBLE)
    root = b.op("Sqrt", b.op("Div", number(math.pi), alpha), dtype=ir.DataType.DOUBLE)
    below = b.op("Mul", number(2.0), b.op("Sqrt", b.op("Mul", b.op("Mul", variance, number(2.0)), number(math.pi))))
    lambdas = np.asarray(LAMBDAS).ravel()
    gamma = b.op("Mul", mean, b.constant(lambdas))
    share = b.op("Div", alpha, b.op("Add", alpha, b.constant(lambdas**2)))
    errors = erf(scope, b.op("Mul", gamma, b.op("Sqrt", share)))
    integrals = b.op("Div", b.op("Mul", root, errors), below)
    weighed = b.op("Mul", integrals, b.constant(np.asarray(COEFS).ravel()))
    return b.op("Add", row_sum(scope, weighed, keep=True), number(0.5 * float(np.asarray(COEFS).sum())))


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]; or label [N], probability [N, C] but for one-vs-one."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    if qualified_name(estimator).endswith("Regressor"):
        return _regress(scope, estimator, table)
    base = estimator.base_estimator_
    if not hasattr(base, "estimators_"):
        return _classify(scope, base, table)

    def inner(inside: Scope, part: Any, columns: Columns) -> Columns | Prediction:
        binary = qualified_name(part).endswith("._BinaryGaussianProcessClassifierLaplace")
        found: Columns | Prediction = (
            _classify(inside, part, columns) if binary else convert_part(inside, part, columns)
        )
        return found

    strategy = one_vs_rest if qualified_name(base).endswith("OneVsRestClassifier") else one_vs_one
    found = strategy.MODEL.convert(scope, base, table, inner)
    assert isinstance(found, Prediction)
    # What the strategy decides by is no method of the classifier.
    return replace(found, score=None)


MODEL = Model(
    classes=[
        "sklearn.gaussian_process.GaussianProcessRegressor",
        "sklearn.gaussian_process.GaussianProcessClassifier",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/gaussian_process/_gpr.py, _gpc.py and kernels.py of 1.9, predict, predict_proba",
)
