"""FeatureAgglomeration: the columns of each cluster become one, by the mean or another function along the row."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.frontends.sklearn.tracing.trace import as_array, trace
from modelport.ir.builder import GraphBuilder

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.pooling_func is np.mean:
        return []
    width = len(estimator.labels_)
    scope = Scope(GraphBuilder())
    rows = scope.builder.input("rows", ir.DataType.DOUBLE, width)
    table = Columns((Part(rows, (Origin(frozenset({"x"})),) * width),))
    try:
        _pooled(scope, estimator, table)
    except UntraceableError as err:
        return [f"pooling_func cannot be traced: {err}"]
    return []


def _means(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    """numpy.bincount adds the columns of a cluster one after the other, in float64: done here for all clusters at once."""
    b = scope.builder
    labels = np.asarray(estimator.labels_)
    sizes = np.bincount(labels)
    wide = b.cast(rows, ir.DataType.DOUBLE)
    members = [np.flatnonzero(labels == cluster) for cluster in range(len(sizes))]
    total: ir.Value | None = None
    for step in range(int(sizes.max())):
        # Where a cluster has no more columns, its first one is looked up and counts 0.
        chosen = np.array([own[step] if step < len(own) else own[0] for own in members], dtype=np.int64)
        part = b.op("Gather", wide, b.constant(chosen), axis=1)
        if (sizes <= step).any():
            none = b.constant((sizes <= step)[None])
            part = b.op("Where", none, b.constant(np.asarray(0.0)), part, dtype=ir.DataType.DOUBLE)
        total = part if total is None else b.op("Add", total, part)
    if total is None:
        raise ValueError("no cluster")
    return b.op("Div", total, b.constant(sizes.astype(np.float64)))


def _pooled(scope: Scope, estimator: Any, table: Columns) -> list[Part]:
    labels = np.asarray(estimator.labels_)
    parts: list[Part] = []
    for cluster in np.unique(labels):
        own = table.select(scope.builder, [int(i) for i in np.flatnonzero(labels == cluster)])
        parts += trace(estimator.pooling_func, as_array(scope, own), {"axis": 1}, own).parts
    return parts


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, C]. Numerics: means are exact, other functions as far as their operations are."""
    scope.passed(table, "FeatureAgglomeration")
    scope.read_whole(table)
    rows = table.matrix(scope.builder)
    if estimator.pooling_func is np.mean:
        value = _means(scope, estimator, rows)
        return Columns((Part(value, (table.blend(),) * len(np.unique(estimator.labels_))),))
    try:
        return Columns(tuple(_pooled(scope, estimator, Columns((Part(rows, table.origins),)))))
    except UntraceableError as err:
        raise UnsupportedModelError(
            f"pooling_func cannot be traced: {err}",
            where="FeatureAgglomeration",
            fix="use numpy.mean, numpy.max, numpy.min or another function of numpy along rows",
        ) from err


MODEL = Model(
    classes=["sklearn.cluster.FeatureAgglomeration"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/cluster/_feature_agglomeration.py of 1.9, AgglomerationTransform.transform",
)
