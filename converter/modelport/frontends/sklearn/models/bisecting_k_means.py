"""BisectingKMeans: at every split of its tree of clusters the nearer of two centres, down to a cluster."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._pairwise import euclidean
from modelport.frontends.sklearn.models.centroid_clusters import nearness
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _below(scope: Scope, rows: ir.Value, estimator: Any, node: Any) -> ir.Value:
    """int64 [N]: the cluster that a row reaches from this node of the tree."""
    b = scope.builder
    if node.left is None:
        zeros = b.cast(b.op("Mul", argmax(scope, rows), b.constant(np.asarray(0))), ir.DataType.INT64)
        return b.op("Add", zeros, b.constant(np.asarray(int(node.label))))
    centers = np.vstack((node.left.center, node.right.center))
    if hasattr(estimator, "_X_mean"):
        centers = centers + estimator._X_mean
    side = argmax(scope, nearness(scope, rows, centers))
    is_left = b.op("Equal", side, b.constant(np.asarray(0)), dtype=ir.DataType.BOOL)
    left, right = (_below(scope, rows, estimator, child) for child in (node.left, node.right))
    return b.op("Where", is_left, left, right, dtype=ir.DataType.INT64)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], and on request the distances to all centres, transformed [N, M].

    Numerics: where a row lies within the bound of the border between two centres, its label is undefined.
    """
    scope.passed(table, "BisectingKMeans")
    scope.read_whole(table)
    rows = table.matrix(scope.builder)
    return Prediction(
        index=_below(scope, rows, estimator, estimator._bisecting_tree),
        classes=tuple(range(len(estimator.cluster_centers_))),
        transformed=euclidean(scope, rows, estimator.cluster_centers_),
        task="clusterer",
    )


MODEL = Model(
    classes=["sklearn.cluster.BisectingKMeans"],
    convert=_convert,
    source="sklearn/cluster/_bisect_k_means.py of 1.9, _predict_recursive",
)
