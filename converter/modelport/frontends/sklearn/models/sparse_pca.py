"""SparsePCA and MiniBatchSparsePCA: least squares on the components with a ridge, solved by Cholesky's method."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.ir.claims import Local

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _refuse(estimator: Any) -> list[str]:
    components = np.asarray(estimator.components_)
    if components.shape[0] > components.shape[1]:
        return ["more components than features: the source then solves in the space of features"]
    if components.dtype == np.float32:
        return ["components in float32: LAPACK's error in single precision is as large as the answer's digits"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K].

    Numerics: x = A⁻¹b with A = C·Cᵀ + ridge. A solver by Cholesky's method errs by at most (3K + 1) eps |A⁻¹||Rᵀ||R||x|, A = Rᵀ·R
    (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 10.4). The inverse here comes from the same
    factors and errs as much, and its product with b by K eps |A⁻¹||b|.
    """
    b = scope.builder
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    components = np.asarray(estimator.components_, dtype=np.float64)
    count = len(components)
    rows = with_array(scope, "Sub", table.matrix(b), np.asarray(estimator.mean_))
    right = with_array(scope, "MatMul", rows, np.ascontiguousarray(components.T))
    gram = components @ components.T
    gram.flat[:: count + 1] += estimator.ridge_alpha
    inverse = np.linalg.inv(gram)
    factor = np.abs(np.linalg.cholesky(gram))
    value = b.op("MatMul", right, b.constant(inverse))
    growth = np.abs(inverse) @ factor @ factor.T

    def rule(n: Local) -> Array:
        moved = (n.d() + count * n.eps * np.abs(n.x())) @ np.abs(inverse)
        solved = (3 * count + 1) * n.eps * np.abs(n.x()) @ np.abs(inverse) @ growth.T
        return np.asarray(moved + 2 * solved)

    claimed = scope.claim(value, [right], rule, f"{3 * count + 1} eps |A⁻¹||Rᵀ||R||x| of a solver by Cholesky's method")
    return mixed(table, b.cast(claimed, ir.DataType.DOUBLE), count)


MODEL = Model(
    classes=["sklearn.decomposition.SparsePCA", "sklearn.decomposition.MiniBatchSparsePCA"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/decomposition/_sparse_pca.py and linear_model/_ridge.py of 1.9, transform, _solve_cholesky",
)
