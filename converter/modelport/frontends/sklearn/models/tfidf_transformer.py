"""TfidfTransformer: logarithm of counts, times idf, rows of norm 1."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL", "normalized", "tfidf"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    scope.passed(table, "TfidfTransformer")
    scope.read_whole(table)
    return tfidf(scope, estimator, table)


def tfidf(scope: Scope, estimator: Any, table: Columns) -> Columns:
    """Shapes: [N, V] -> [N, V], dense or rows of terms.

    Numerics: one product a count, then the norm. With a float64 idf, float32 counts are multiplied as float64 and
    rounded once, as numpy does in place. The logarithm is that of counts other than 0.
    """
    b = scope.builder
    part = _one_part(scope, table)
    value = part.value
    if estimator.sublinear_tf:
        zero, unit = (b.constant(np.asarray(number), value.dtype) for number in (0.0, 1.0))
        absent = b.op("Equal", value, zero, dtype=ir.DataType.BOOL)
        logarithm = b.op("Add", b.op("Log", b.op("Where", absent, unit, value, dtype=value.dtype)), unit)
        value = b.op("Where", absent, zero, logarithm, dtype=value.dtype)
    idf = getattr(estimator, "idf_", None)
    if idf is not None:
        weights = np.asarray(idf)
        single = weights.dtype == np.float32 and value.dtype == ir.DataType.FLOAT
        wide = ir.DataType.FLOAT if single else ir.DataType.DOUBLE
        factor = b.constant(weights, wide)
        if part.ids is not None:
            factor = b.op("Gather", factor, part.ids, axis=0)
        value = b.cast(b.op("Mul", b.cast(value, wide), factor), part.value.dtype or wide)
    return normalized(scope, Columns((replace(part, value=value),)), estimator.norm)


def normalized(scope: Scope, table: Columns, norm: str | None) -> Columns:
    """Divides each row, sparse in the source, by its l1, l2 or greatest magnitude; a row of zeros stays.

    Numerics: squares are taken in the type of the row, the sum, the root and the quotient in float64, as in the source;
    the greatest magnitude divides in the type of the row.
    """
    if norm is None:
        return table
    b = scope.builder
    part = _one_part(scope, table)
    value = part.value
    size = b.op("Mul", value, value) if norm == "l2" else b.op("Abs", value)
    size = b.cast(size, ir.DataType.DOUBLE)
    axis = b.constant(np.array([1], dtype=np.int64))
    if norm == "max":
        # float32 over float32 in float64, rounded once: the same quotient.
        length = b.op("ReduceMax", size, axis, keepdims=1)
    else:
        total = b.op("ReduceSum", size, axis, keepdims=1)
        length = total if norm == "l1" else b.op("Sqrt", total)
    zero, unit = (b.constant(np.asarray(number)) for number in (0.0, 1.0))
    nothing = b.op("Equal", length, zero, dtype=ir.DataType.BOOL)
    divisor = b.op("Where", nothing, unit, length, dtype=ir.DataType.DOUBLE)
    quotient = b.op("Div", b.cast(value, ir.DataType.DOUBLE), divisor)
    return Columns((replace(part, value=b.cast(quotient, value.dtype or ir.DataType.DOUBLE)),), table.names)


def _one_part(scope: Scope, table: Columns) -> Part:
    """The whole table as one value: rows of terms as they are, everything else as one matrix."""
    if len(table.parts) == 1 and table.parts[0].ids is not None:
        return table.parts[0]
    return Part(table.matrix(scope.builder), table.origins)


MODEL = Model(
    classes=["sklearn.feature_extraction.TfidfTransformer"],
    convert=_convert,
    source="sklearn/feature_extraction/text.py of 1.9, TfidfTransformer.transform; utils/sparsefuncs_fast.pyx, norms",
    terms=True,
)
