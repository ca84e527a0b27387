"""IsotonicRegression: linear interpolation between its knots."""

from typing import Any

from modelport.frontends._scores import column, flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._interpolation import interpolated
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, 1] -> value [N], transformed [N, 1]. Numerics: exact, in the type of the knots."""
    scope.passed(table, "IsotonicRegression")
    scope.read_whole(table)
    for origin in table.origins:
        scope.mark(origin, [float(knot) for knot in estimator.X_thresholds_])
    rows = flat(scope, table.matrix(scope.builder))
    value = interpolated(scope, rows, estimator.X_thresholds_, estimator.y_thresholds_, estimator.out_of_bounds)
    return Prediction(value=value, transformed=column(scope, value))


MODEL = Model(
    classes=["sklearn.isotonic.IsotonicRegression"],
    convert=_convert,
    source="sklearn/isotonic.py of 1.9, _transform; interp1d of scipy 1.17",
)
