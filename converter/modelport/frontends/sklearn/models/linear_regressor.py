"""Linear regressors: X·coefᵀ + intercept."""

from typing import Any

import numpy as np

from modelport.frontends._scores import exp, flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models.linear_classifier import linear_scores
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_LOG_LINK = ("PoissonRegressor", "GammaRegressor", "TweedieRegressor")


def _log_link(estimator: Any) -> bool:
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    if kind == "TweedieRegressor":
        return bool(estimator.link == "log" or (estimator.link == "auto" and estimator.power > 0))
    return kind in _LOG_LINK


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> value [N], or [N, K] where coef_ has two dimensions."""
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    link = linear_scores(scope, estimator, table)
    if np.asarray(estimator.coef_).ndim == 1:
        link = flat(scope, link)
    return Prediction(value=exp(scope, link), link=link) if _log_link(estimator) else Prediction(value=link)


MODEL = Model(
    classes=[
        f"sklearn.linear_model.{name}"
        for name in (
            "LinearRegression",
            "Ridge",
            "RidgeCV",
            "Lasso",
            "LassoCV",
            "LassoLars",
            "LassoLarsCV",
            "LassoLarsIC",
            "Lars",
            "LarsCV",
            "ElasticNet",
            "ElasticNetCV",
            "MultiTaskLasso",
            "MultiTaskLassoCV",
            "MultiTaskElasticNet",
            "MultiTaskElasticNetCV",
            "BayesianRidge",
            "ARDRegression",
            "HuberRegressor",
            "TheilSenRegressor",
            "QuantileRegressor",
            "OrthogonalMatchingPursuit",
            "OrthogonalMatchingPursuitCV",
            "SGDRegressor",
            "PassiveAggressiveRegressor",
            "PoissonRegressor",
            "GammaRegressor",
            "TweedieRegressor",
        )
    ]
    + ["sklearn.svm.LinearSVR"],
    convert=_convert,
    source="sklearn/linear_model/_base.py and _glm/glm.py of 1.9, predict",
    terms=True,
)
