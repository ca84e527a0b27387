"""Linear projections: centre, scale, multiply by the fitted matrix, in the order and type of each class."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place, with_array
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL"]


def _matrix(components: Any) -> npt.NDArray[np.floating]:
    """A dense array of a matrix that may be sparse: zeros add nothing to a sum."""
    return np.asarray(components.toarray() if hasattr(components, "toarray") else components)


def _dot(scope: Scope, rows: ir.Value, weights: npt.NDArray[np.floating]) -> ir.Value:
    """rows @ weights, in the wider of the two types."""
    return with_array(scope, "MatMul", rows, np.ascontiguousarray(weights))


def _pca(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    """The mean is projected, and subtracted after the projection."""
    b = scope.builder
    components = _matrix(estimator.components_)
    value = _dot(scope, rows, components.T)
    if estimator.mean_ is not None:
        mean = np.asarray(estimator.mean_).reshape(1, -1)
        # Multiplied in the graph: the source multiplies too, with an error of its own.
        centre = b.op("MatMul", b.constant(mean), b.constant(np.ascontiguousarray(components.T), _type(mean)))
        value = b.op("Sub", value, b.cast(centre, value.dtype or ir.DataType.DOUBLE))
    if estimator.whiten:
        scale = np.sqrt(estimator.explained_variance_)
        least = np.finfo(scale.dtype).eps
        value = in_place(scope, "Div", value, np.where(scale < least, least, scale))
    return value


def _fast_ica(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    if estimator.whiten:
        rows = in_place(scope, "Sub", rows, np.asarray(estimator.mean_))
    return _dot(scope, rows, _matrix(estimator.components_).T)


def _factor_analysis(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    """The posterior mean; its small matrices are those the source computes from the same arrays."""
    from scipy import linalg

    rows = with_array(scope, "Sub", rows, np.asarray(estimator.mean_))
    weighted = estimator.components_ / estimator.noise_variance_
    covariance = linalg.inv(np.eye(len(estimator.components_)) + np.dot(weighted, estimator.components_.T))
    return _dot(scope, _dot(scope, rows, weighted.T), covariance)


def _partial_least_squares(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    rows = in_place(scope, "Sub", rows, np.asarray(estimator._x_mean))
    rows = in_place(scope, "Div", rows, np.asarray(estimator._x_std))
    return _dot(scope, rows, np.asarray(estimator.x_rotations_))


def _pls_svd(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    rows = scope.builder.cast(rows, ir.DataType.DOUBLE)
    rows = with_array(scope, "Sub", rows, np.asarray(estimator._x_mean))
    rows = with_array(scope, "Div", rows, np.asarray(estimator._x_std))
    return _dot(scope, rows, np.asarray(estimator.x_weights_))


def _plain(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    return _dot(scope, rows, _matrix(estimator.components_).T)


def _type(array: npt.NDArray[np.generic]) -> ir.DataType:
    return ir.DataType.FLOAT if array.dtype == np.float32 else ir.DataType.DOUBLE


_PROJECTIONS = {
    "sklearn.decomposition.PCA": _pca,
    "sklearn.decomposition.IncrementalPCA": _pca,
    "sklearn.decomposition.TruncatedSVD": _plain,
    "sklearn.decomposition.FastICA": _fast_ica,
    "sklearn.decomposition.FactorAnalysis": _factor_analysis,
    "sklearn.cross_decomposition.PLSSVD": _pls_svd,
    "sklearn.neighbors.NeighborhoodComponentsAnalysis": _plain,
    "sklearn.random_projection.GaussianRandomProjection": _plain,
    "sklearn.random_projection.SparseRandomProjection": _plain,
}


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: F eps Σ|x·w| of the dot product; the steps round once each, as in numpy."""
    kind = qualified_name(estimator)
    scope.passed(table, kind.rsplit(".", 1)[-1])
    scope.read_whole(table)
    if _PROJECTIONS[kind] is _plain:
        value = table.dot(scope.builder, np.ascontiguousarray(_matrix(estimator.components_).T))
    else:
        value = _PROJECTIONS[kind](scope, estimator, table.matrix(scope.builder))
    components = estimator.x_weights_.T if kind.endswith("PLSSVD") else estimator.components_
    return mixed(table, value, int(components.shape[0]))


MODEL = Model(
    classes=list(_PROJECTIONS),
    convert=_convert,
    source="transform() of each class in sklearn/decomposition, cross_decomposition, neighbors/_nca.py and "
    "random_projection.py of 1.9",
    terms=True,
)
