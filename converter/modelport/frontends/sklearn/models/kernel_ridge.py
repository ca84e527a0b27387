"""KernelRidge: the kernel between the row and each training row, times the dual coefficients."""

from typing import Any

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._kernels import pairwise_kernel, refused_kernel
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]. Numerics: M eps Σ|k·a| and what the kernel carries."""
    scope.passed(table, "KernelRidge")
    scope.read_whole(table)
    options = {name: getattr(estimator, name) for name in ("gamma", "degree", "coef0")}
    kernel = pairwise_kernel(scope, table.matrix(scope.builder), estimator.X_fit_, estimator.kernel, options)
    dual = np.asarray(estimator.dual_coef_)
    value = with_array(scope, "MatMul", kernel, dual.reshape(len(dual), -1))
    return Prediction(value=flat(scope, value) if dual.ndim == 1 else value)


MODEL = Model(
    classes=["sklearn.kernel_ridge.KernelRidge"],
    convert=_convert,
    refuse=lambda estimator: refused_kernel(estimator.kernel),
    source="sklearn/kernel_ridge.py and metrics/pairwise.py of 1.9, predict, pairwise_kernels",
)
