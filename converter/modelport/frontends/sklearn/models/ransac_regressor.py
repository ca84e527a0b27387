"""RANSACRegressor: the estimator that was fitted on the inliers."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [("estimator_", estimator.estimator_)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]."""
    scope.passed(table, "RANSACRegressor")
    scope.read_whole(table)
    # The source hands an array on, so names end here.
    result: Prediction = convert_part(scope, estimator.estimator_, Columns(table.parts))
    return Prediction(value=result.value)


MODEL = Model(
    classes=["sklearn.linear_model.RANSACRegressor"],
    convert=_convert,
    parts=_parts,
    source="sklearn/linear_model/_ransac.py of 1.9, predict",
)
