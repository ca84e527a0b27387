"""MultiOutputClassifier and MultiOutputRegressor: one estimator an output."""

from dataclasses import replace
from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import concat_columns, numbered, predicted
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return numbered("estimators_", estimator.estimators_)


def _readers(estimator: Any) -> Readers:
    return [(part, None) for part in estimator.estimators_]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N, K], probability_<k> [N, C_k]; or value [N, K]."""
    inner = [predicted(scope, part, table, convert_part) for part in estimator.estimators_]
    if qualified_name(estimator).endswith("MultiOutputRegressor"):
        return Prediction(value=concat_columns(scope, [one.need("value", "predict") for one in inner]))
    every = all(one.prediction.probability is not None for one in inner)
    several = [replace(one.prediction, classes=one.classes, score=None, transformed=None) for one in inner]
    if not every:
        several = [replace(one, probability=None) for one in several]
    return Prediction(several=tuple(several))


MODEL = Model(
    classes=["sklearn.multioutput.MultiOutputClassifier", "sklearn.multioutput.MultiOutputRegressor"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/multioutput.py of 1.9, _MultiOutputEstimator.predict, MultiOutputClassifier.predict_proba",
    terms=True,
)
