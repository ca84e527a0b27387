"""The selectors of sklearn.feature_selection: the columns of the fitted mask, as they are."""

from typing import Any

import numpy as np

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F']. Exact: nothing is computed; that an odd value in a dropped column may still be
    refused is measured with the original."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    chosen = np.flatnonzero(estimator.get_support())
    if not len(chosen):
        raise UnsupportedModelError(
            f"{type(estimator).__name__} selects no column at all",
            where="model",
            fix="fit it with a threshold that keeps at least one column",
        )
    return table.select(scope.builder, [int(index) for index in chosen])


MODEL = Model(
    classes=[
        f"sklearn.feature_selection.{name}"
        for name in (
            "GenericUnivariateSelect",
            "SelectFdr",
            "SelectFpr",
            "SelectFromModel",
            "SelectFwe",
            "SelectKBest",
            "SelectPercentile",
            "SequentialFeatureSelector",
            "VarianceThreshold",
        )
    ],
    convert=_convert,
    source="sklearn/feature_selection/_base.py of 1.9, SelectorMixin.transform",
    terms=True,
)
