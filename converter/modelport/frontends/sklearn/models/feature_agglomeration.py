"""FeatureAgglomeration: features of one cluster pooled, by their mean, greatest or least."""

from functools import reduce
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]

_EXTREMES = {"max": "Max", "amax": "Max", "min": "Min", "amin": "Min"}


def _refuse(estimator: Any) -> list[str]:
    name = getattr(estimator.pooling_func, "__name__", repr(estimator.pooling_func))
    return [] if name in ("mean", *_EXTREMES) else [f"pooling_func={name}: use numpy.mean, numpy.max or numpy.min"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: exact. A mean adds in float64, feature by feature, and divides once."""
    b = scope.builder
    scope.passed(table, "FeatureAgglomeration")
    scope.read_whole(table)
    rows = table.matrix(b)
    labels = np.asarray(estimator.labels_)
    extreme = _EXTREMES.get(estimator.pooling_func.__name__)
    parts: list[Part] = []
    for cluster in np.unique(labels):
        members = np.flatnonzero(labels == cluster)
        columns = [b.op("Gather", rows, b.constant(np.array([m])), axis=1) for m in members]
        if extreme is not None:
            value = columns[0] if len(columns) == 1 else b.op(extreme, *columns)
        else:
            # numpy.bincount starts at 0.0, which tells only of -0.0.
            zero = b.constant(np.asarray(0.0))
            wide = [b.cast(column, ir.DataType.DOUBLE) for column in columns]
            total = reduce(lambda left, right: b.op("Add", left, right), wide, zero)
            value = b.op("Div", total, b.constant(np.asarray(float(len(members)))), dtype=ir.DataType.DOUBLE)
        features = frozenset[str]().union(*(table.origins[m].features for m in members))
        parts.append(Part(value, (Origin(features),)))
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.cluster.FeatureAgglomeration"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/cluster/_feature_agglomeration.py of 1.9, transform",
)
