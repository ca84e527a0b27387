"""RFE and RFECV: the columns of the fitted mask, and what the inner estimator predicts from them."""

from dataclasses import replace
from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [("estimator_", estimator.estimator_)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: [N, F] -> the inner estimator's prediction, and transformed [N, F']. Exact up to the inner estimator."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    chosen = table.select(scope.builder, [int(index) for index in np.flatnonzero(estimator.support_)])
    prediction: Columns | Prediction = convert_part(scope, estimator.estimator_, chosen)
    if isinstance(prediction, Columns):
        return chosen
    return replace(prediction, transformed=chosen.matrix(scope.builder), table=chosen)


MODEL = Model(
    classes=["sklearn.feature_selection.RFE", "sklearn.feature_selection.RFECV"],
    convert=_convert,
    parts=_parts,
    source="sklearn/feature_selection/_rfe.py of 1.9, predict and SelectorMixin.transform",
)
