"""Normalizer: each row divided by its norm."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import rows_dtype
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models.tfidf_transformer import normalized as of_sparse

__all__ = ["MODEL", "normalized"]


def normalized(scope: Scope, rows: ir.Value, norm: str = "l2") -> ir.Value:
    """Shapes: [N, F] -> [N, F] in the type of the rows.

    Numerics: F eps Σ of the norm's sum; a norm below 10 eps counts as 1, as in _handle_zeros_in_scale.
    """
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    if norm == "max":
        size = b.op("ReduceMax", b.op("Abs", rows), axis, keepdims=1)
    elif norm == "l1":
        size = b.op("ReduceSum", b.op("Abs", rows), axis, keepdims=1)
    else:
        size = b.op("Sqrt", b.op("ReduceSum", b.op("Mul", rows, rows), axis, keepdims=1))
    least = b.constant(np.asarray(10 * np.finfo(rows_dtype(rows)).eps), rows.dtype)
    empty = b.op("Less", size, least, dtype=ir.DataType.BOOL)
    one = b.constant(np.asarray(1.0), rows.dtype)
    return b.op("Div", rows, b.op("Where", empty, one, size, dtype=rows.dtype))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F]."""
    scope.passed(table, "Normalizer")
    scope.read_whole(table)
    if id(estimator) in scope.sparse:
        return of_sparse(scope, table, estimator.norm)
    return mixed(table, normalized(scope, table.matrix(scope.builder), estimator.norm), table.width)


MODEL = Model(
    classes=["sklearn.preprocessing.Normalizer"],
    convert=_convert,
    source="sklearn/preprocessing/_data.py of 1.9, normalize; sklearn/utils/extmath.py, row_norms",
    terms=True,
)
