"""EllipticEnvelope: the squared Mahalanobis distance from the robust centre against a fitted border."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._outliers import detected
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N], score_samples [N].

    Numerics: float64; scipy's distance is the root of (x - m)·P·(x - m), which is squared again.
    """
    scope.passed(table, "EllipticEnvelope")
    scope.read_whole(table)
    b = scope.builder
    rows = b.cast(table.matrix(b), ir.DataType.DOUBLE)
    away = b.op("Sub", rows, b.constant(np.asarray(estimator.location_, dtype=np.float64)))
    turned = b.op("MatMul", away, b.constant(np.asarray(estimator.get_precision(), dtype=np.float64)))
    distance = b.op("Sqrt", row_sum(scope, b.op("Mul", turned, away)))
    samples = b.op("Neg", b.op("Mul", distance, distance))
    score = b.op("Sub", samples, b.constant(np.asarray(float(estimator.offset_))))
    return replace(detected(scope, score), score_samples=samples)


MODEL = Model(
    classes=["sklearn.covariance.EllipticEnvelope"],
    convert=_convert,
    source="sklearn/covariance/_elliptic_envelope.py and _empirical_covariance.py of 1.9, mahalanobis",
)
