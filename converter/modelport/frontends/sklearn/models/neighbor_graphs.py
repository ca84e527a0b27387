"""KNeighborsTransformer and RadiusNeighborsTransformer: the row's distances to its neighbours among the training rows.

The source gives them as a sparse matrix; here every training row has its column, 0 where it is no neighbour.
"""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models._neighborhood import distances, fitted_rows, nearest, refused

__all__ = ["MODEL"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _of_nearest(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """Where the last neighbour ties with the next one, either may stand in the row."""
    b = scope.builder
    by_distance = estimator.mode == "distance"
    found, away, places = nearest(scope, estimator, table, int(estimator.n_neighbors) + by_distance)
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    every = b.op("Or", b.op("IsNaN", found.rank, dtype=_BOOL), b.constant(np.asarray(True)))
    empty = b.op("Where", every, zero, found.rank, dtype=_DOUBLE)
    if not by_distance:
        every = b.op("Or", b.op("IsNaN", away, dtype=_BOOL), b.constant(np.asarray(True)))
        away = b.op("Where", every, one, away, dtype=_DOUBLE)
    return b.op("ScatterElements", empty, places, away, axis=1)


def _within(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    b = scope.builder
    found = distances(scope, estimator, table)
    limit = b.constant(np.asarray(found.to_rank(float(estimator.radius))))
    inside = b.op("LessOrEqual", found.rank, limit, dtype=_BOOL)
    zero, one = b.constant(np.asarray(0.0)), b.constant(np.asarray(1.0))
    value = found.of_rank(found.rank) if estimator.mode == "distance" else one
    return b.op("Where", inside, value, zero, dtype=_DOUBLE)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, M] of M training rows. Numerics: the error of the distances; who is a neighbour is exact."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    emit = _of_nearest if kind == "KNeighborsTransformer" else _within
    return mixed(table, emit(scope, estimator, table), len(fitted_rows(estimator)))


MODEL = Model(
    classes=["sklearn.neighbors.KNeighborsTransformer", "sklearn.neighbors.RadiusNeighborsTransformer"],
    convert=_convert,
    refuse=refused,
    source="sklearn/neighbors/_graph.py of 1.9, transform; _base.py, kneighbors_graph and radius_neighbors_graph",
)
