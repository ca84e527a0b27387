"""Nystroem: the kernel between the row and some training rows, times the fitted normalization."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._kernels import pairwise_kernel, refused_kernel
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    # A precomputed kernel is a table like any other.
    return [] if estimator.kernel == "precomputed" else refused_kernel(estimator.kernel)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: the error of the kernel, carried through the fitted matrix."""
    scope.passed(table, "Nystroem")
    scope.read_whole(table)
    value = table.matrix(scope.builder)
    if estimator.kernel != "precomputed":
        options = dict(estimator._get_kernel_params())
        value = pairwise_kernel(scope, value, estimator.components_, estimator.kernel, options)
    weights = np.ascontiguousarray(np.asarray(estimator.normalization_).T)
    return mixed(table, with_array(scope, "MatMul", value, weights), weights.shape[1])


MODEL = Model(
    classes=["sklearn.kernel_approximation.Nystroem"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/kernel_approximation.py of 1.9, Nystroem.transform",
)
