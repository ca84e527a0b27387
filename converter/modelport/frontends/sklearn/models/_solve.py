"""Solutions of a positive definite system whose matrix is known when the model is converted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local

__all__ = ["solved"]

Array = npt.NDArray[np.float64]


def solved(scope: Scope, right: ir.Value, matrix: Any) -> ir.Value:
    """Shapes: right [N, K], matrix [K, K] -> [N, K]: right · matrix⁻¹.

    Numerics: one product with the inverse, which is correct to rounding. The source solves by Cholesky, whose backward
    error is at most (3K + 1) u |RᵀR| (Higham, Accuracy and Stability of Numerical Algorithms, theorem 10.4): claimed
    here as what it makes of the solution.
    """
    b = scope.builder
    wide = np.asarray(matrix, dtype=np.float64)
    inverse = _inverse(wide)
    eps = float(np.finfo(np.asarray(matrix).dtype).eps)
    root = np.linalg.cholesky(wide)
    spread = np.abs(inverse) @ (np.abs(root) @ np.abs(root).T)
    value = b.op("MatMul", b.cast(right, ir.DataType.DOUBLE), b.constant(inverse))
    value = b.cast(value, right.dtype or ir.DataType.DOUBLE)

    def rule(n: Local) -> Array:
        # The other rounding is that of the inverse itself.
        backward = (3 * len(wide) + 2) * eps * (np.abs(n.result) @ spread.T)
        return np.asarray(n.d() + np.where(np.isfinite(n.result), backward, 0.0))

    return scope.claim(
        b.op("Identity", value), [value], rule, f"{3 * len(wide) + 2} eps |A⁻¹||RᵀR||x| of Cholesky's solution"
    )


def _inverse(matrix: Array) -> Array:
    """The inverse in float64, improved by one step of Newton's method in the widest type there is."""
    first = np.linalg.inv(matrix).astype(np.longdouble)
    identity = np.eye(len(matrix), dtype=np.longdouble)
    better = first + first @ (identity - matrix.astype(np.longdouble) @ first)
    return np.ascontiguousarray(better.astype(np.float64))
