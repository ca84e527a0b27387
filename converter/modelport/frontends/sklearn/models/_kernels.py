"""The kernels of sklearn.metrics.pairwise between rows and fitted rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import exp
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place
from modelport.frontends.sklearn.models._pairwise import (
    added,
    cosine_similarity,
    float_pair,
    manhattan,
    per_feature,
    squared_euclidean,
)

__all__ = ["KERNELS", "pairwise_kernel", "power", "refused_kernel"]

KERNELS = ("linear", "poly", "polynomial", "rbf", "sigmoid", "laplacian", "cosine", "chi2", "additive_chi2")


def refused_kernel(kernel: Any) -> list[str]:
    """Why a kernel cannot be converted."""
    if kernel == "precomputed":
        return ["kernel='precomputed': its input is no table of features but distances to the training rows"]
    if not isinstance(kernel, str):
        return [
            f"kernel={getattr(kernel, '__name__', kernel)!r}: a function that cannot be read; name a kernel of scikit-learn"
        ]
    return [] if kernel in KERNELS else [f"kernel={kernel!r}"]


def pairwise_kernel(scope: Scope, rows: ir.Value, fitted: Any, kernel: str, options: Mapping[str, Any]) -> ir.Value:
    """[N, F], [M, F] -> [N, M]; ``options`` may hold gamma, degree and coef0, as pairwise_kernels takes them."""
    b = scope.builder
    rows, matrix = float_pair(scope, rows, fitted)
    gamma = options.get("gamma")
    if gamma is None:
        gamma = 1.0 if kernel == "chi2" else 1.0 / matrix.shape[1]
    if kernel == "rbf":
        return exp(scope, in_place(scope, "Mul", squared_euclidean(scope, rows, matrix), -gamma))
    if kernel == "laplacian":
        distances = manhattan(scope, rows, matrix)
        return exp(scope, b.op("Mul", b.constant(np.asarray(-gamma), distances.dtype), distances))
    if kernel in ("chi2", "additive_chi2"):
        total = _additive_chi2(scope, rows, matrix)
        return exp(scope, in_place(scope, "Mul", total, gamma)) if kernel == "chi2" else total
    if kernel == "cosine":
        return cosine_similarity(scope, rows, matrix)
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(matrix.T), rows.dtype))
    if kernel == "linear":
        return product
    moved = in_place(scope, "Add", in_place(scope, "Mul", product, gamma), options.get("coef0", 1))
    return b.op("Tanh", moved) if kernel == "sigmoid" else power(scope, moved, options.get("degree", 3))


def power(scope: Scope, value: ir.Value, degree: Any) -> ir.Value:
    """numpy's ``**`` with a number: squares, roots and reciprocals are exact operations, everything else pow."""
    b = scope.builder
    if degree == 1:
        return value
    if degree == 2:
        return b.op("Mul", value, value)
    if degree == 0.5:
        return b.op("Sqrt", value)
    if degree == -1:
        return b.op("Div", b.constant(np.asarray(1.0), value.dtype), value)
    return b.op("Pow", value, b.constant(np.asarray(float(degree)), value.dtype))


def _additive_chi2(scope: Scope, rows: ir.Value, matrix: Any) -> ir.Value:
    """-Σ (x - y)² / (x + y), features with x + y = 0 left out.

    Differences are those of the type of the rows, all else is float64.
    """
    b = scope.builder
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))

    def term(_: int, x: ir.Value, y: ir.Value) -> ir.Value:
        below, total = (b.cast(b.op(op, x, y), ir.DataType.DOUBLE) for op in ("Sub", "Add"))
        none = b.op("Equal", total, zero, dtype=ir.DataType.BOOL)
        part = b.op("Div", b.op("Mul", below, below), b.op("Where", none, one, total, dtype=total.dtype))
        return b.op("Where", none, zero, part, dtype=part.dtype)

    total = b.op("Neg", added(scope, per_feature(scope, rows, matrix, term)))
    return b.cast(total, rows.dtype or ir.DataType.DOUBLE)
