"""BernoulliRBM: the logistic function of the hidden units' inputs."""

from typing import Any

import numpy as np

from modelport.frontends._scores import expit
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place, with_array
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: F eps Σ|x·w| through the logistic function."""
    scope.passed(table, "BernoulliRBM")
    scope.read_whole(table)
    components = np.asarray(estimator.components_)
    value = with_array(scope, "MatMul", table.matrix(scope.builder), np.ascontiguousarray(components.T))
    value = in_place(scope, "Add", value, np.asarray(estimator.intercept_hidden_))
    return mixed(table, expit(scope, value), len(components))


MODEL = Model(
    classes=["sklearn.neural_network.BernoulliRBM"],
    convert=_convert,
    source="sklearn/neural_network/_rbm.py of 1.9, _mean_hiddens",
)
