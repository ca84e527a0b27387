"""The kernels of libsvm as e1071 carries it: rows and support vectors are lists of what is not 0."""

from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._coupling import power
from modelport.frontends._scores import row_sum
from modelport.frontends.r._scope import Scope

__all__ = ["KERNELS", "libsvm_kernel"]

Array = npt.NDArray[np.float64]

KERNELS = ("linear", "polynomial", "radial", "sigmoid")
# Up to this many features the squared distance is summed feature by feature, as libsvm does it, to the last bit.
_ONE_BY_ONE = 48


def libsvm_kernel(
    scope: Scope, rows: ir.Value, vectors: Array, kernel: str, *, gamma: float, coef0: float, degree: int
) -> ir.Value:
    """Shapes: [N, F], [M, F] -> [N, M]. Numerics: F eps Σ|x·y| of a product; a distance is exact up to 48 features."""
    b = scope.builder
    if kernel == "radial":
        scaled = b.op("Mul", b.constant(np.asarray(-gamma)), _squared_distance(scope, rows, vectors))
        return b.op("Exp", scaled)
    # libsvm's lists leave zeros out, which changes no sum of finite terms; e1071 refuses any other.
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(vectors.T)))
    if kernel == "linear":
        return product
    moved = b.op("Add", b.op("Mul", b.constant(np.asarray(gamma)), product), b.constant(np.asarray(coef0)))
    return b.op("Tanh", moved) if kernel == "sigmoid" else power(scope, moved, degree)


def _squared_distance(scope: Scope, rows: ir.Value, vectors: Array) -> ir.Value:
    """Σ(x - y)²; of many features Σx² - 2·x·y + Σy², so that no table of rows, features and vectors is made."""
    b = scope.builder
    if vectors.shape[1] > _ONE_BY_ONE:
        product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(-2.0 * vectors.T)))
        own = row_sum(scope, b.op("Mul", rows, rows), keep=True)
        norms = b.op("ReduceSum", b.constant(vectors * vectors), b.constant(np.array([1], dtype=np.int64)), keepdims=0)
        # A distance of 0 may come out a rounding below it.
        return b.op("Max", b.op("Add", b.op("Add", product, own), norms), b.constant(np.asarray(0.0)))
    terms = []
    for k in range(vectors.shape[1]):
        own = b.op("Gather", rows, b.constant(np.array([k], dtype=np.int64)), axis=1)
        gap = b.op("Sub", own, b.constant(np.ascontiguousarray(vectors[None, :, k])))
        terms.append(b.op("Mul", gap, gap))
    return reduce(lambda total, term: b.op("Add", total, term), terms)
