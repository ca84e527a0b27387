"""Clusterers that name the nearest centre: KMeans, MiniBatchKMeans, MeanShift, AffinityPropagation, Birch."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._pairwise import euclidean, float_pair
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "nearness"]


def nearness(scope: Scope, rows: ir.Value, centers: Any, *, wide: bool = False, norms: Any = None) -> ir.Value:
    """2·x·c - Σc², greatest for the nearest centre: the row's own norm, equal for all centres, is left out as there.

    Shapes: [N, F], [M, F] -> [N, M]. Numerics: one dot product and one addition; of equal distances the first counts.
    ``wide``: float32 pairs are compared in float64, as pairwise_distances_argmin does; the k-means loops do not.
    ``norms``: Σc² as the estimator keeps them, in the type in which it does.
    """
    b = scope.builder
    rows, matrix = float_pair(scope, rows, centers)
    if wide:
        rows, matrix = b.cast(rows, ir.DataType.DOUBLE), matrix.astype(np.float64)
    # Twice the matrix first: a power of two changes no rounding.
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(2 * matrix.T), rows.dtype))
    if norms is None:
        norms = np.einsum("ij,ij->i", matrix, matrix)
    return b.op("Sub", product, b.constant(norms, rows.dtype))


def _centers(estimator: Any) -> Any:
    found = getattr(estimator, "subcluster_centers_", None)
    return estimator.cluster_centers_ if found is None else found


def _refuse(estimator: Any) -> list[str]:
    if getattr(estimator, "affinity", "") == "precomputed":
        return ["affinity='precomputed' leaves no centres to predict with"]
    if not len(_centers(estimator)):
        return ["it found no centre: predict answers -1 whatever the row; fit until it converges"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], and on request the distances to all centres, transformed [N, M]."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    rows = table.matrix(scope.builder)
    centers = _centers(estimator)
    norms = getattr(estimator, "_subcluster_norms", None)
    near = nearness(scope, rows, centers, wide=not kind.endswith("KMeans"), norms=norms)
    index = argmax(scope, near)
    # Birch joins its centres to clusters, and names these.
    labels = np.asarray(getattr(estimator, "subcluster_labels_", np.arange(len(centers))))
    classes, places = np.unique(labels, return_inverse=True)
    return Prediction(
        index=scope.builder.op("Gather", scope.builder.constant(places.astype(np.int64)), index, axis=0),
        scores=near,
        rule="argmax",
        places=tuple(int(place) for place in places),
        classes=tuple(int(label) for label in classes),
        transformed=euclidean(scope, rows, centers) if hasattr(estimator, "transform") else None,
        task="clusterer",
    )


MODEL = Model(
    classes=[
        "sklearn.cluster.KMeans",
        "sklearn.cluster.MiniBatchKMeans",
        "sklearn.cluster.MeanShift",
        "sklearn.cluster.AffinityPropagation",
        "sklearn.cluster.Birch",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/cluster/_k_means_lloyd.pyx and _birch.py of 1.9, metrics/_pairwise_distances_reduction, predict",
)
