"""SelfTrainingClassifier: the estimator that its fit() arrived at, over rows checked as numbers."""

from dataclasses import replace
from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import handed_on, numeric
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    # Before scikit-learn 1.6 it had another name.
    name = "estimator_" if hasattr(estimator, "estimator_") else "base_estimator_"
    return [(name, getattr(estimator, name))]


def _readers(estimator: Any) -> Readers:
    return [(part, None) for _, part in _parts(estimator)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: those of the estimator inside."""
    result = handed_on(scope, _parts(estimator)[0][1], numeric(scope, table), convert_part)
    return result if isinstance(result, Columns) else replace(result, link=None, transformed=None, score_samples=None)


MODEL = Model(
    classes=["sklearn.semi_supervised.SelfTrainingClassifier"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/semi_supervised/_self_training.py of 1.9, predict",
    terms=True,
)
