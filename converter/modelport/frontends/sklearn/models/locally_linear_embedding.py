"""LocallyLinearEmbedding: the row as a weighted mean of its nearest training rows, then the same mean of their places."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models._neighborhood import fitted_rows, nearest, refused
from modelport.ir.claims import Local

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _refuse(estimator: Any) -> list[str]:
    return refused(estimator.nbrs_)


def _cholesky(scope: Scope, matrix: ir.Value, size: int) -> list[ir.Value]:
    """Columns [N, K] of the lower factor, outer product by outer product; rows above the diagonal are 0."""
    b = scope.builder
    second = b.constant(np.array([2], dtype=np.int64))
    columns = []
    for j in range(size):
        own = b.op("Gather", matrix, b.constant(np.asarray(j, dtype=np.int64)), axis=2)
        own = b.op("Mul", own, b.constant((np.arange(size) >= j).astype(np.float64), matrix.dtype))
        corner = b.op("Gather", own, b.constant(np.array([j], dtype=np.int64)), axis=1)
        columns.append(b.op("Div", own, b.op("Sqrt", corner)))
        if j + 1 < size:
            outer = b.op(
                "Mul", b.op("Unsqueeze", columns[-1], second), b.op("Unsqueeze", columns[-1], b.constant(np.array([1])))
            )
            matrix = b.op("Sub", matrix, outer)
    return columns


def _solved(scope: Scope, matrix: ir.Value, size: int) -> ir.Value:
    """[N, K, K] -> [N, K]: the solution for a right side of ones, by Cholesky's method.

    Numerics: (A + E)x = b with |E| <= (3K + 1) u |Rᵀ||R| for either side (Higham, Accuracy and Stability of Numerical
    Algorithms, theorem 10.4), and what A itself deviates: claimed to first order, doubled.
    """
    b = scope.builder
    dtype = matrix.dtype or _DOUBLE
    columns = _cholesky(scope, matrix, size)

    def entry(value: ir.Value, j: int) -> ir.Value:
        return b.op("Gather", value, b.constant(np.array([j], dtype=np.int64)), axis=1)

    rest: ir.Value = b.constant(np.ones((1, size)), dtype)
    forward = []
    for j, own in enumerate(columns):
        forward.append(b.op("Div", entry(rest, j), entry(own, j)))
        rest = b.op("Sub", rest, b.op("Mul", forward[-1], own))
    found: list[ir.Value] = []
    for j in reversed(range(size)):
        total = forward[j]
        for later, value in zip(range(j + 1, size), reversed(found), strict=True):
            total = b.op("Sub", total, b.op("Mul", entry(columns[j], later), value))
        found.append(b.op("Div", total, entry(columns[j], j)))
    solution = found[0] if size == 1 else b.op("Concat", *reversed(found), axis=1)

    def rule(n: Local) -> Array:
        a, d = n.x(), n.d()
        # Σ|Rₚᵢ||Rₚⱼ| is at most the root of aᵢᵢaⱼⱼ.
        root = np.sqrt(np.abs(np.diagonal(a, axis1=1, axis2=2)))
        moved = d + (3 * size + 2) * n.eps * (root[:, :, None] * root[:, None, :])
        try:
            inverse = np.abs(np.linalg.inv(a))
        except np.linalg.LinAlgError:
            return np.full(n.result.shape, np.inf)
        return np.asarray(2 * (inverse @ (moved @ np.abs(n.result)[:, :, None]))[:, :, 0])

    return scope.claim(solution, [matrix], rule, f"{3 * size + 2} eps |A⁻¹||A||x| of a solution by Cholesky's method")


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K] float64. Where the last neighbour ties with the next one, the row is undefined."""
    b = scope.builder
    scope.passed(table, "LocallyLinearEmbedding")
    scope.read_whole(table)
    count = int(estimator.n_neighbors)
    _, _, places = nearest(scope, estimator.nbrs_, table, count)
    rows = table.matrix(b)
    fitted = fitted_rows(estimator.nbrs_)
    # float32 rows beside float32 training rows are solved for in float32; beside others only the weights are rounded.
    single = rows.dtype == ir.DataType.FLOAT
    dtype = ir.DataType.FLOAT if single and fitted.dtype == np.float32 else _DOUBLE
    around = b.op("Gather", b.constant(fitted, dtype), places, axis=0)
    away = b.op("Sub", around, b.op("Unsqueeze", b.cast(rows, dtype), b.constant(np.array([1], dtype=np.int64))))
    gram = b.op("MatMul", away, b.op("Transpose", away, perm=[0, 2, 1]))
    eye = b.constant(np.eye(count)[None], dtype)
    trace = b.op("ReduceSum", b.op("Mul", gram, eye), b.constant(np.array([1, 2], dtype=np.int64)), keepdims=1)
    reg = b.constant(np.asarray(float(estimator.reg)), dtype)
    positive = b.op("Greater", trace, b.constant(np.asarray(0.0), dtype), dtype=_BOOL)
    ridge = b.op("Where", positive, b.op("Mul", reg, trace), reg, dtype=dtype)
    solution = _solved(scope, b.op("Add", gram, b.op("Mul", ridge, eye)), count)
    weights = b.op("Div", solution, row_sum(scope, solution, keep=True))
    weights = b.cast(b.cast(weights, ir.DataType.FLOAT), _DOUBLE) if single else weights
    own = b.op("Gather", b.constant(np.asarray(estimator.embedding_, dtype=np.float64)), places, axis=0)
    weighted = b.op("Mul", own, b.op("Unsqueeze", weights, b.constant(np.array([2], dtype=np.int64))))
    value = b.op("ReduceSum", weighted, b.constant(np.array([1], dtype=np.int64)), keepdims=0)
    return mixed(table, value, int(estimator.embedding_.shape[1]))


MODEL = Model(
    classes=["sklearn.manifold.LocallyLinearEmbedding"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/manifold/_locally_linear.py of 1.9, transform and barycenter_weights",
)
