"""Binarizer: 1 where a number exceeds the threshold, 0 elsewhere."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F], in the type of the input.

    Numerics: exact. float32 rows meet a Python float as float32 (NumPy's weak scalars), a float64 scalar as float64:
    0.1f > 0.1 is false in the first and true in the second, so the threshold's own type decides, as in the source.
    NaN and infinities do not get here: the source refuses them.
    """
    b = scope.builder
    scope.passed(table, "Binarizer")
    scope.read_whole(table)
    rows = table.matrix(b)
    threshold = estimator.threshold
    # np.float64 is a float too; only its dtype tells it from a weak Python float.
    wide = getattr(threshold, "dtype", None) == np.float64
    left = b.cast(rows, ir.DataType.DOUBLE) if wide else rows
    above = b.op("Greater", left, b.constant(np.asarray(threshold), left.dtype), dtype=ir.DataType.BOOL)
    for origin in table.origins:
        scope.mark(origin, [float(threshold)])  # probes: the threshold itself and one ulp on either side
    return Columns((Part(b.cast(above, rows.dtype or ir.DataType.DOUBLE), table.origins),), table.names)


MODEL = Model(
    classes=["sklearn.preprocessing.Binarizer"],
    convert=_convert,
    source="sklearn/preprocessing/_data.py of 1.9, binarize",
)
