"""FrozenEstimator: the estimator in it, which fit() leaves alone."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import handed_on
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [("estimator", estimator.estimator)]


def _readers(estimator: Any) -> Readers:
    return [(estimator.estimator, None)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: those of the estimator in it."""
    return handed_on(scope, estimator.estimator, table, convert_part)


MODEL = Model(
    classes=["sklearn.frozen.FrozenEstimator"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/frozen/_frozen.py of 1.9, FrozenEstimator",
    terms=True,
)
