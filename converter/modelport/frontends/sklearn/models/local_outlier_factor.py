"""LocalOutlierFactor with novelty=True: how dense a row lies, against how dense its neighbours lie."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._neighborhood import nearest, refused
from modelport.frontends.sklearn.models._outliers import detected
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    reasons = refused(estimator)
    if not estimator.novelty:
        reasons.append("novelty=False: it has no predictions for new rows; fit with novelty=True")
    return reasons


def _mean(scope: Scope, values: ir.Value, count: int) -> ir.Value:
    return scope.builder.op(
        "Div", row_sum(scope, values), scope.builder.constant(np.asarray(float(count)), values.dtype)
    )


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N], score_samples [N]. Numerics: K eps Σx of two means of K terms.

    float32 rows have float32 distances, as in the source.
    """
    scope.passed(table, "LocalOutlierFactor")
    scope.read_whole(table)
    b = scope.builder
    count = int(estimator.n_neighbors_)
    _, away, places = nearest(scope, estimator, table, count)
    if table.matrix(b).dtype == ir.DataType.FLOAT:
        away = b.cast(away, ir.DataType.FLOAT)
    reach = np.ascontiguousarray(np.asarray(estimator._distances_fit_X_)[:, count - 1])
    densities = np.asarray(estimator._lrd)
    known = b.op("Gather", b.constant(reach), places, axis=0)
    if reach.dtype == np.float64:
        away = b.cast(away, ir.DataType.DOUBLE)
    smoothed = b.op("Max", away, b.cast(known, away.dtype or ir.DataType.DOUBLE))
    own = b.op(
        "Div",
        b.constant(np.asarray(1.0), smoothed.dtype),
        with_array(scope, "Add", _mean(scope, smoothed, count), 1e-10),
    )
    around = b.op("Gather", b.constant(densities), places, axis=0)
    wide = ir.DataType.DOUBLE if ir.DataType.DOUBLE in (around.dtype, own.dtype) else ir.DataType.FLOAT
    last = b.op("Unsqueeze", b.cast(own, wide), b.constant(np.array([1], dtype=np.int64)))
    samples = b.op("Neg", _mean(scope, b.op("Div", b.cast(around, wide), last), count))
    score = with_array(scope, "Sub", samples, estimator.offset_)
    return replace(detected(scope, score), score_samples=samples)


MODEL = Model(
    classes=["sklearn.neighbors.LocalOutlierFactor"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/neighbors/_lof.py of 1.9, score_samples, _local_reachability_density",
)
