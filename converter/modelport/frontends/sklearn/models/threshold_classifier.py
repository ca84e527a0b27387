"""FixedThresholdClassifier and TunedThresholdClassifierCV: the positive label from a threshold on."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import of_axis, predicted
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _inside(estimator: Any) -> Any:
    return estimator.estimator_ if hasattr(estimator, "estimator_") else estimator.estimator


def _parts(estimator: Any) -> Parts:
    return [("estimator_" if hasattr(estimator, "estimator_") else "estimator", _inside(estimator))]


def _readers(estimator: Any) -> Readers:
    return [(_inside(estimator), None)]


def _positive_label(estimator: Any) -> Any:
    if qualified_name(estimator).endswith("FixedThresholdClassifier"):
        return estimator.pos_label
    return estimator._curve_scorer._get_pos_label()


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], and the inner probability [N, 2] and score [N].

    Numerics: one exact comparison; the threshold itself gives the positive label. A Python number takes the type of the
    score, numpy's float64 does not.
    """
    b = scope.builder
    inner = predicted(scope, _inside(estimator), table, convert_part)
    classes = tuple(plain(label) for label in estimator.classes_)
    label = _positive_label(estimator)
    place = 1 if label is None else classes.index(plain(label))
    by_probability = hasattr(inner.estimator, "predict_proba") and estimator.response_method != "decision_function"
    if by_probability:
        value = of_axis(scope, inner.probability, place)
    else:
        value = inner.score if place == 1 else b.op("Neg", inner.score)
    threshold = _threshold(estimator, by_probability)
    if getattr(threshold, "dtype", None) == np.float64:
        value = b.cast(value, ir.DataType.DOUBLE)
    border = np.asarray(threshold).astype(value.dtype.numpy() if value.dtype else np.float64)
    above = b.op("GreaterOrEqual", value, b.constant(border), dtype=ir.DataType.BOOL)
    p = inner.prediction
    return Prediction(
        index=b.cast(above if place == 1 else b.op("Not", above), ir.DataType.INT64),
        scores=value if place == 1 else b.op("Neg", value),
        rule="positive",
        border=float(border) if place == 1 else -float(border),
        probability=p.probability,
        score=p.score,
        classes=classes,
    )


def _threshold(estimator: Any, by_probability: bool) -> Any:
    if not qualified_name(estimator).endswith("FixedThresholdClassifier"):
        return estimator.best_threshold_
    if isinstance(estimator.threshold, str):
        return 0.5 if by_probability else 0.0
    return estimator.threshold


MODEL = Model(
    classes=[
        "sklearn.model_selection.FixedThresholdClassifier",
        "sklearn.model_selection.TunedThresholdClassifierCV",
    ],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/model_selection/_classification_threshold.py of 1.9, predict",
    terms=True,
)
