"""SparsePCA and MiniBatchSparsePCA: each row as a ridge regression on the sparse components."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models._solve import solved

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    components = np.asarray(estimator.components_)
    if components.dtype == np.float32 and components.shape[0] > components.shape[1]:
        return ["float32 with more components than features: its system is nearly singular; fit on float64"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: a product, a solution by Cholesky, and their stated errors.

    With more components than features the source solves for the features instead, and multiplies afterwards.
    """
    b = scope.builder
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    rows = with_array(scope, "Sub", table.matrix(b), np.asarray(estimator.mean_))
    components = np.asarray(estimator.components_)
    count, features = components.shape
    if rows.dtype is not None and components.dtype == np.float64:
        rows = b.cast(rows, rows.dtype)
    if count > features:
        gram = np.dot(components.T, components)
        gram.flat[:: features + 1] += estimator.ridge_alpha
        dual = solved(scope, rows, gram)
        return mixed(table, with_array(scope, "MatMul", dual, np.ascontiguousarray(components.T)), count)
    gram = np.dot(components, components.T)
    gram.flat[:: count + 1] += estimator.ridge_alpha
    right = with_array(scope, "MatMul", rows, np.ascontiguousarray(components.T))
    return mixed(table, solved(scope, right, gram), count)


MODEL = Model(
    classes=["sklearn.decomposition.SparsePCA", "sklearn.decomposition.MiniBatchSparsePCA"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/decomposition/_sparse_pca.py of 1.9, transform; sklearn/linear_model/_ridge.py, _solve_cholesky",
)
