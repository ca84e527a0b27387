"""Isomap: shortest ways to the training rows by the row's nearest ones, projected as a kernel."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models._neighborhood import nearest, refused
from modelport.frontends.sklearn.models.kernel_pca import projected

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.n_neighbors is None:
        return [
            "radius: it refuses rows without neighbours, which no rule on single features can tell; use n_neighbors"
        ]
    return refused(estimator.nbrs_)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K], in float32 where rows are.

    Numerics: one addition for each way and the least of them; the error of distances and projection. Where the last
    neighbour ties with the next one, the row is undefined.
    """
    b = scope.builder
    scope.passed(table, "Isomap")
    scope.read_whole(table)
    rows = table.matrix(b)
    _, away, places = nearest(scope, estimator.nbrs_, table, int(estimator.n_neighbors))
    ways = b.op("Gather", b.constant(np.asarray(estimator.dist_matrix_, dtype=np.float64)), places, axis=0)
    first = b.op("Unsqueeze", away, b.constant(np.array([2], dtype=np.int64)))
    shortest = b.op("ReduceMin", b.op("Add", ways, first), b.constant(np.array([1], dtype=np.int64)), keepdims=0)
    shortest = b.cast(shortest, rows.dtype or ir.DataType.DOUBLE)
    half = b.constant(np.asarray(-0.5), shortest.dtype)
    kernel = b.op("Mul", b.op("Mul", shortest, shortest), half)
    value = projected(scope, estimator.kernel_pca_, kernel)
    return mixed(table, value, int(estimator.kernel_pca_.eigenvectors_.shape[1]))


MODEL = Model(
    classes=["sklearn.manifold.Isomap"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/manifold/_isomap.py of 1.9, Isomap.transform",
)
