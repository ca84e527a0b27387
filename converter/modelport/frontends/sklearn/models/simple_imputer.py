"""SimpleImputer: missing values become the fitted statistic of their column; optional indicator columns follow."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._missing import indicators, is_nan, missing_mask, note_marker
from modelport.ir.contract import MISSING_STRING

__all__ = ["MODEL"]


def _filler(scope: Scope, part: Part, fill: Any) -> ir.Value:
    if part.kind == "string":
        missing = fill is None or is_nan(fill)
        return scope.builder.constant([MISSING_STRING if missing else str(fill)])
    return scope.builder.constant(np.asarray(np.nan if fill is None else float(fill)), part.value.dtype)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F' + I]; columns never seen in fit are dropped unless kept, I indicators follow.

    Numerics: exact; a value is either kept or replaced.
    """
    b = scope.builder
    scope.passed(table, "SimpleImputer")
    parts: list[Part] = []
    masks: list[ir.Value] = []
    singles = table.stacked(b).each(b)
    for part, fill in zip(singles, np.asarray(estimator.statistics_, dtype=object), strict=True):
        note_marker(scope, part, estimator.missing_values)
        masks.append(missing_mask(scope, part, estimator.missing_values))
        if is_nan(fill) and not estimator.keep_empty_features:
            continue
        if part.kind == "number" and fill is not None:
            scope.mark(part.origins[0], [float(fill)])
        filled = b.op("Where", masks[-1], _filler(scope, part, fill), part.value, dtype=part.value.dtype)
        parts.append(Part(filled, part.origins))
    if estimator.add_indicator:
        # numpy stacks bool beside numbers in the type of the numbers.
        single = all(part.value.dtype == ir.DataType.FLOAT for part in parts)
        dtype = ir.DataType.FLOAT if single else ir.DataType.DOUBLE
        parts += indicators(scope, estimator.indicator_, masks, singles, dtype)
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.impute.SimpleImputer"],
    convert=_convert,
    source="sklearn/impute/_base.py of 1.9, SimpleImputer.transform",
)
