"""KNNImputer: a missing value becomes the mean of the nearest training rows that have one."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._missing import indicators, missing_mask
from modelport.frontends.sklearn.models._nearest import nearest_mean
from modelport.frontends.sklearn.models._pairwise import float_pair, squared_euclidean

__all__ = ["MODEL"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _refuse(estimator: Any) -> list[str]:
    reasons = []
    if estimator.weights not in (None, "uniform", "distance"):
        reasons.append(f"weights={estimator.weights!r}: a function that cannot be read; use 'uniform' or 'distance'")
    if estimator.metric != "nan_euclidean":
        reasons.append(f"metric={estimator.metric!r}: a function that cannot be read; use 'nan_euclidean'")
    return reasons


def _distances(scope: Scope, rows: ir.Value, mask: ir.Value, estimator: Any) -> ir.Value:
    """nan_euclidean_distances [N, M], infinite where a pair has no feature in common.

    Numerics: the squares are those of rows with 0 for missing, and what a missing value adds is taken off again: the
    cancellation is the source's own, and so is each product's type.
    """
    b = scope.builder
    absent = np.asarray(estimator._mask_fit_X)
    fitted = np.where(absent, 0.0, np.asarray(estimator._fit_X)).astype(estimator._fit_X.dtype)
    rows, fitted = float_pair(scope, rows, fitted)
    dtype = rows.dtype or _DOUBLE
    zero = b.constant(np.asarray(0.0), dtype)
    filled = b.op("Where", mask, zero, rows, dtype=dtype)
    squared = squared_euclidean(scope, filled, fitted)
    extra = b.op("MatMul", b.op("Mul", filled, filled), b.constant(np.ascontiguousarray(absent.T), dtype))
    squared = b.op("Sub", squared, b.cast(extra, squared.dtype or dtype))
    own = b.op("MatMul", b.cast(mask, dtype), b.constant(np.ascontiguousarray((fitted * fitted).T), dtype))
    squared = b.op("Sub", squared, b.cast(own, squared.dtype or dtype))
    squared = b.op("Max", squared, b.constant(np.asarray(0.0), squared.dtype))
    present = b.cast(b.op("Not", mask), _DOUBLE)
    common = b.op("MatMul", present, b.constant(np.ascontiguousarray((~absent).T.astype(np.float64))))
    # A sum of ones is exact in any order.
    scope.claim(common, [present], lambda n: np.zeros(n.result.shape), "")
    shared = b.cast(b.op("Max", common, b.constant(np.asarray(1.0))), squared.dtype or dtype)
    scaled = b.op("Mul", b.op("Div", squared, shared), b.constant(np.asarray(float(absent.shape[1])), squared.dtype))
    none = b.op("Equal", common, b.constant(np.asarray(0.0)), dtype=_BOOL)
    infinite = b.constant(np.asarray(np.inf), squared.dtype)
    return b.op("Where", none, infinite, b.op("Sqrt", scaled), dtype=squared.dtype)


def _imputed(scope: Scope, estimator: Any, column: int, distances: ir.Value) -> ir.Value:
    """[N, 1]: what a missing value of one column becomes; the column's mean where no row has anything in common."""
    b = scope.builder
    present = ~np.asarray(estimator._mask_fit_X)[:, column]
    donors = np.flatnonzero(present)
    values = np.asarray(estimator._fit_X)[donors, column]
    chosen = b.op("Gather", distances, b.constant(donors.astype(np.int64)), axis=1)
    mean = nearest_mean(scope, chosen, values, min(estimator.n_neighbors, len(donors)), estimator.weights)
    axis = b.constant(np.array([1], dtype=np.int64))
    nearest = b.op("ReduceMin", chosen, axis, keepdims=1)
    alone = b.op("IsInf", nearest, dtype=_BOOL)
    # Over the whole column, as in the source: gaps change which numbers numpy adds to which.
    average = np.ma.array(estimator._fit_X[:, column], mask=estimator._mask_fit_X[:, column]).mean()
    return b.op("Where", alone, b.constant(np.asarray(average), mean.dtype), mean, dtype=mean.dtype)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F' + I]; columns that were empty in fit are dropped, or 0 where they are kept.

    Numerics: exact where nothing is missing, else the distances' error where it may change who is nearest.
    """
    b = scope.builder
    scope.passed(table, "KNNImputer")
    scope.read_whole(table)
    rows = table.matrix(b)
    dtype = rows.dtype or _DOUBLE
    whole = Part(rows, table.origins)
    mask = missing_mask(scope, whole, estimator.missing_values)
    singles = Columns((whole,)).each(b)
    masks = [missing_mask(scope, part, estimator.missing_values) for part in singles]
    distances = _distances(scope, rows, mask, estimator)
    valid: npt.NDArray[np.bool_] = np.asarray(estimator._valid_mask)
    parts: list[Part] = []
    for column, part in enumerate(singles):
        if valid[column]:
            value = b.cast(_imputed(scope, estimator, column, distances), dtype)
            parts.append(Part(b.op("Where", masks[column], value, part.value, dtype=dtype), (table.blend(),)))
        elif estimator.keep_empty_features:
            always = b.op("Or", masks[column], b.constant(np.asarray(True)))
            zero = b.op("Where", always, b.constant(np.asarray(0.0), dtype), part.value, dtype=dtype)
            parts.append(Part(zero, part.origins))
    if estimator.add_indicator:
        parts += indicators(scope, estimator.indicator_, masks, singles, dtype)
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.impute.KNNImputer"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/impute/_knn.py of 1.9, KNNImputer.transform; sklearn/metrics/pairwise.py, nan_euclidean_distances",
)
