"""SVC, NuSVC, SVR, NuSVR and OneClassSVM: libsvm's sums over support vectors, and its votes."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._coupling import coupled, votes
from modelport.frontends._scores import argmax, flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._libsvm import decision_values, refused, votes_with_confidence
from modelport.frontends.sklearn.models._outliers import detected
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _classifier(scope: Scope, estimator: Any, values: ir.Value) -> Prediction:
    """The first class of a pair wins above 0; of two classes the sign is turned, and a score of 0 is class 1."""
    b = scope.builder
    zero = b.constant(np.asarray(0.0))
    count = len(estimator.classes_)
    if count == 2:
        score = flat(scope, b.op("Neg", values))
        second = b.op("GreaterOrEqual", score, zero, dtype=ir.DataType.BOOL)
        return Prediction(index=b.cast(second, ir.DataType.INT64), scores=score, rule="positive", score=score)
    one_vs_one = estimator.decision_function_shape == "ovo"
    score = values if one_vs_one else votes_with_confidence(scope, values, count)
    deciding = score
    if one_vs_one or not estimator.break_ties:
        deciding = votes(scope, b.op("Greater", values, zero, dtype=ir.DataType.BOOL), count)
    return Prediction(
        index=argmax(scope, deciding), scores=deciding, rule="argmax", score=score, by_class=not one_vs_one
    )


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N], [N, C] or [N, P]; value [N]; of one class also score_samples [N]."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    values = decision_values(scope, estimator, table)
    if kind in ("SVC", "NuSVC"):
        prediction = _classifier(scope, estimator, values)
        if not hasattr(estimator, "predict_proba") or not len(estimator._probA):
            return prediction
        return replace(
            prediction,
            probability=coupled(scope, values, estimator._probA, estimator._probB, len(estimator.classes_)),
        )
    if kind in ("SVR", "NuSVR"):
        return Prediction(value=flat(scope, values))
    score = flat(scope, values)
    samples = scope.builder.op("Add", score, scope.builder.constant(np.asarray(estimator.offset_, dtype=np.float64)))
    return replace(detected(scope, score, at_zero=False), score_samples=samples)


MODEL = Model(
    classes=[f"sklearn.svm.{name}" for name in ("SVC", "NuSVC", "SVR", "NuSVR", "OneClassSVM")],
    convert=_convert,
    refuse=refused,
    source="sklearn/svm/_base.py and src/libsvm/svm.cpp of 1.9, predict_values; utils/multiclass.py, _ovr_decision_function",
)
