"""PLSRegression, PLSCanonical and CCA: centred rows times coefficients; as transformers, the scores of the rows."""

from typing import Any

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place, with_array
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K], transformed [N, C]. Numerics: F eps Σ|x·w|; float32 rows stay so when centred."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    centred = in_place(scope, "Sub", table.matrix(scope.builder), np.asarray(estimator._x_mean))
    product = with_array(scope, "MatMul", centred, np.ascontiguousarray(np.asarray(estimator.coef_).T))
    value = with_array(scope, "Add", product, np.asarray(estimator.intercept_))
    scaled = in_place(scope, "Div", centred, np.asarray(estimator._x_std))
    return Prediction(
        value=flat(scope, value) if estimator._predict_1d else value,
        transformed=with_array(scope, "MatMul", scaled, np.asarray(estimator.x_rotations_)),
    )


MODEL = Model(
    classes=[f"sklearn.cross_decomposition.{name}" for name in ("PLSRegression", "PLSCanonical", "CCA")],
    convert=_convert,
    source="sklearn/cross_decomposition/_pls.py of 1.9, predict and transform",
)
