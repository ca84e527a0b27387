"""SGDOneClassSVM: X·coefᵀ - offset, inlier where it is not negative."""

from dataclasses import replace
from typing import Any

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._outliers import detected
from modelport.frontends.sklearn.models.linear_classifier import coefficients
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N], score_samples [N]. Numerics: F eps Σ|x·w| of the dot product."""
    scope.passed(table, "SGDOneClassSVM")
    scope.read_whole(table)
    rows = table.matrix(scope.builder)
    product = with_array(scope, "MatMul", rows, np.ascontiguousarray(coefficients(estimator).T))
    score = flat(scope, with_array(scope, "Sub", product, np.asarray(estimator.offset_)))
    # The source adds the offset back, which need not give the product again.
    samples = with_array(scope, "Add", score, np.asarray(estimator.offset_))
    return replace(detected(scope, score), score_samples=samples)


MODEL = Model(
    classes=["sklearn.linear_model.SGDOneClassSVM"],
    convert=_convert,
    source="sklearn/linear_model/_stochastic_gradient.py of 1.9, SGDOneClassSVM",
)
