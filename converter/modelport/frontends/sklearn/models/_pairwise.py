"""Distances of every row to every row of a fitted matrix, in the formula and type of sklearn.metrics.pairwise.

Values are [N, M]: a table of rows times features times fitted rows is never made. A sum over features goes feature by
feature, which is the order of scipy's and scikit-learn's own loops.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.sklearn._scope import Scope

__all__ = [
    "added",
    "cosine_distances",
    "cosine_similarity",
    "euclidean",
    "float_pair",
    "in_any_order",
    "manhattan",
    "per_feature",
    "squared_euclidean",
    "squared_norms",
]

Matrix = npt.NDArray[np.floating]


def float_pair(scope: Scope, rows: ir.Value, fitted: Any) -> tuple[ir.Value, Matrix]:
    """Both as float32 where both are, else both as float64, as check_pairwise_arrays does."""
    matrix = np.asarray(fitted.toarray() if hasattr(fitted, "toarray") else fitted)
    if rows.dtype == ir.DataType.FLOAT and matrix.dtype == np.float32:
        return rows, matrix
    return scope.builder.cast(rows, ir.DataType.DOUBLE), matrix.astype(np.float64)


def squared_norms(scope: Scope, rows: ir.Value) -> ir.Value:
    """[N, F] -> [N, 1]: Σx². Numerics: F eps Σx²."""
    return row_sum(scope, scope.builder.op("Mul", rows, rows), keep=True)


def squared_euclidean(scope: Scope, rows: ir.Value, fitted: Any) -> ir.Value:
    """max(0, -2·x·y + Σx² + Σy²), in that order. [N, F], [M, F] -> [N, M].

    Numerics: the cancellation is the source's own. float32 pairs are computed in float64 and rounded, then cut at 0.
    """
    b = scope.builder
    rows, matrix = float_pair(scope, rows, fitted)
    narrow = rows.dtype == ir.DataType.FLOAT
    rows, matrix = b.cast(rows, ir.DataType.DOUBLE), matrix.astype(np.float64)
    # -2 times the matrix first: a power of two changes no rounding.
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(-2.0 * matrix.T)))
    own = np.einsum("ij,ij->i", matrix, matrix)
    total = b.op("Add", b.op("Add", product, squared_norms(scope, rows)), b.constant(own))
    total = b.cast(total, ir.DataType.FLOAT) if narrow else total
    return b.op("Max", total, b.constant(np.asarray(0.0), total.dtype))


def euclidean(scope: Scope, rows: ir.Value, fitted: Any) -> ir.Value:
    """The square root of ``squared_euclidean``."""
    return scope.builder.op("Sqrt", squared_euclidean(scope, rows, fitted))


def per_feature(
    scope: Scope, rows: ir.Value, fitted: Matrix, term: Callable[[int, ir.Value, ir.Value], ir.Value]
) -> list[ir.Value]:
    """``term`` of each feature of the rows [N, 1] and of the fitted ones [1, M], each [N, M]."""
    b = scope.builder
    found = []
    for k in range(fitted.shape[1]):
        own = b.op("Gather", rows, b.constant(np.array([k], dtype=np.int64)), axis=1)
        found.append(term(k, own, b.constant(np.ascontiguousarray(fitted[None, :, k]), rows.dtype)))
    return found


def added(scope: Scope, terms: Sequence[ir.Value]) -> ir.Value:
    """The terms added one by one: exact where the source adds in this order."""
    return reduce(lambda total, term: scope.builder.op("Add", total, term), terms)


def in_any_order(scope: Scope, terms: Sequence[ir.Value]) -> ir.Value:
    """The terms added where the source leaves the order to a library. Numerics: K eps Σx of K terms x >= 0."""
    total = added(scope, terms)
    if len(terms) == 1:
        return total
    value = scope.builder.op("Identity", total)
    return scope.claim(
        value,
        [total],
        lambda n: np.asarray(n.d() + len(terms) * n.eps * np.where(np.isfinite(n.result), np.abs(n.result), 0.0)),
        f"{len(terms)} eps Σx of a sum of {len(terms)} squares",
    )


def manhattan(scope: Scope, rows: ir.Value, fitted: Any) -> ir.Value:
    """Σ|x - y| in float64, whatever the rows are: scipy's cdist."""
    b = scope.builder
    rows, matrix = float_pair(scope, rows, fitted)
    wide = b.cast(rows, ir.DataType.DOUBLE)
    terms = per_feature(scope, wide, matrix.astype(np.float64), lambda _, x, y: b.op("Abs", b.op("Sub", x, y)))
    return added(scope, terms)


def cosine_similarity(scope: Scope, rows: ir.Value, fitted: Any) -> ir.Value:
    """Products of rows of length 1; a row shorter than 10 eps keeps its length."""
    from sklearn.preprocessing import normalize

    b = scope.builder
    rows, matrix = float_pair(scope, rows, fitted)
    norms = b.op("Sqrt", squared_norms(scope, rows))
    least = 10 * float(np.finfo(matrix.dtype).eps)
    short = b.op("Less", norms, b.constant(np.asarray(least), norms.dtype), dtype=ir.DataType.BOOL)
    norms = b.op("Where", short, b.constant(np.asarray(1.0), norms.dtype), norms, dtype=norms.dtype)
    return b.op("MatMul", b.op("Div", rows, norms), b.constant(np.ascontiguousarray(normalize(matrix).T), rows.dtype))


def cosine_distances(scope: Scope, rows: ir.Value, fitted: Any) -> ir.Value:
    """1 - cosine, kept between 0 and 2."""
    b = scope.builder
    turned = b.op("Neg", cosine_similarity(scope, rows, fitted))
    zero, one, two = (b.constant(np.asarray(number), turned.dtype) for number in (0.0, 1.0, 2.0))
    return b.op("Min", b.op("Max", b.op("Add", turned, one), zero), two)
