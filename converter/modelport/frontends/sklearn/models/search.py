"""Searches over parameters: the best estimator, fitted anew on everything."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import handed_on
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [("best_estimator_", estimator.best_estimator_)]


def _readers(estimator: Any) -> Readers:
    return [(estimator.best_estimator_, None)]


def _refuse(estimator: Any) -> list[str]:
    if hasattr(estimator, "cv_results_") and not hasattr(estimator, "best_estimator_"):
        return ["refit=False: the search kept no fitted estimator; fit it with refit=True, or convert one that you fit"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: those of the best estimator."""
    return handed_on(scope, estimator.best_estimator_, table, convert_part)


MODEL = Model(
    classes=[
        f"sklearn.model_selection.{name}"
        for name in ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
    ],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    refuse=_refuse,
    source="sklearn/model_selection/_search.py of 1.9, BaseSearchCV.predict and its companions",
    terms=True,
)
