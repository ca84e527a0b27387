"""The kernels of libsvm between rows and support vectors, and the votes of its pairs of classes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._coupling import pairs, power, votes
from modelport.frontends._scores import column, columns
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._pairwise import in_any_order, per_feature

__all__ = ["decision_values", "refused", "votes_with_confidence"]

_KERNELS = ("linear", "poly", "rbf", "sigmoid")


def refused(estimator: Any) -> list[str]:
    """Why the kernel cannot be converted."""
    if estimator.kernel == "precomputed":
        return ["kernel='precomputed': its input is no table of features but kernel values of the training rows"]
    if not isinstance(estimator.kernel, str):
        return ["kernel is a Python function, which cannot be read; name a kernel of libsvm"]
    return [] if estimator.kernel in _KERNELS else [f"kernel={estimator.kernel!r}"]


def _dense(matrix: Any) -> npt.NDArray[np.float64]:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)


def _kernel(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, M] float64. Numerics: F eps Σ|terms| of what libsvm leaves to BLAS, then single operations."""
    b = scope.builder
    rows = b.cast(table.matrix(b), ir.DataType.DOUBLE)
    vectors = _dense(estimator.support_vectors_)
    gamma, coef0 = float(estimator._gamma), float(estimator.coef0)
    if estimator.kernel == "rbf":
        terms = per_feature(scope, rows, vectors, lambda _, x, y: _squared(scope, b.op("Sub", x, y)))
        return b.op("Exp", b.op("Mul", b.constant(np.asarray(-gamma)), in_any_order(scope, terms)))
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(vectors.T)))
    if estimator.kernel == "linear":
        return product
    moved = b.op("Add", b.op("Mul", b.constant(np.asarray(gamma)), product), b.constant(np.asarray(coef0)))
    return b.op("Tanh", moved) if estimator.kernel == "sigmoid" else power(scope, moved, int(estimator.degree))


def _squared(scope: Scope, value: ir.Value) -> ir.Value:
    return scope.builder.op("Mul", value, value)


def decision_values(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, P]: Σ coefficient·kernel - rho, of each pair of classes, or the one of a regression.

    Numerics: M eps Σ|a·k| and what the kernel carries.
    """
    b = scope.builder
    dual = _dense(estimator._dual_coef_)
    weights = dual.T
    if estimator._impl in ("c_svc", "nu_svc"):
        owner = np.repeat(np.arange(len(estimator._n_support)), estimator._n_support)
        found = [np.where(owner == i, dual[j - 1], np.where(owner == j, dual[i], 0.0)) for i, j in pairs(len(dual) + 1)]
        weights = np.stack(found, axis=1)
    total = b.op("MatMul", _kernel(scope, estimator, table), b.constant(np.ascontiguousarray(weights)))
    return b.op("Add", total, b.constant(np.asarray(estimator._intercept_, dtype=np.float64)))


def votes_with_confidence(scope: Scope, values: ir.Value, count: int) -> ir.Value:
    """[N, P] -> [N, C]: votes, and between equal ones the sum of confidences squeezed below a third of a vote."""
    b = scope.builder
    zero = b.constant(np.asarray(0.0))
    lost = b.op("Less", values, zero, dtype=ir.DataType.BOOL)
    confidences = columns(scope, b.op("Neg", values), len(pairs(count)))
    totals: list[ir.Value | None] = [None] * count
    for (i, j), confidence in zip(pairs(count), confidences, strict=True):
        first, second = totals[i], totals[j]
        totals[i] = b.op("Neg", confidence) if first is None else b.op("Sub", first, confidence)
        totals[j] = confidence if second is None else b.op("Add", second, confidence)
    squeezed = []
    for total in totals:
        assert total is not None
        room = b.op("Mul", b.constant(np.asarray(3.0)), b.op("Add", b.op("Abs", total), b.constant(np.asarray(1.0))))
        squeezed.append(column(scope, b.op("Div", total, room)))
    return b.op("Add", votes(scope, b.op("Not", lost), count), b.op("Concat", *squeezed, axis=1))
