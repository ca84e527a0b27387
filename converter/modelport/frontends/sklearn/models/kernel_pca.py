"""KernelPCA: the centred kernel between the row and each training row, times the scaled eigenvectors."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._kernels import pairwise_kernel, refused_kernel
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models.kernel_centerer import centred

__all__ = ["MODEL", "projected"]


def _refuse(estimator: Any) -> list[str]:
    # A precomputed kernel is a table like any other.
    return [] if estimator.kernel == "precomputed" else refused_kernel(estimator.kernel)


def projected(scope: Scope, estimator: Any, kernel: ir.Value) -> ir.Value:
    """[N, M] -> [N, K]: centred, times the eigenvectors over the roots of their eigenvalues, 0 for those that vanish."""
    values = np.asarray(estimator.eigenvalues_)
    vectors = np.zeros_like(estimator.eigenvectors_)
    kept = np.flatnonzero(values)
    vectors[:, kept] = estimator.eigenvectors_[:, kept] / np.sqrt(values[kept])
    return with_array(scope, "MatMul", centred(scope, estimator._centerer, kernel), np.ascontiguousarray(vectors))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: M eps Σ|k·a| of M training rows, and what kernel and centring carry."""
    scope.passed(table, "KernelPCA")
    scope.read_whole(table)
    value = table.matrix(scope.builder)
    if estimator.kernel != "precomputed":
        options = {"gamma": estimator.gamma_, "degree": estimator.degree, "coef0": estimator.coef0}
        value = pairwise_kernel(scope, value, estimator.X_fit_, estimator.kernel, options)
    return mixed(table, projected(scope, estimator, value), int(estimator.eigenvectors_.shape[1]))


MODEL = Model(
    classes=["sklearn.decomposition.KernelPCA"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/decomposition/_kernel_pca.py of 1.9, transform",
)
