"""SimpleImputer: missing values become the fitted statistic of their column; optional indicator columns follow."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.contract import MISSING_STRING

__all__ = ["MODEL"]


def _is_nan(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


def _refuse(estimator: Any) -> list[str]:
    if isinstance(estimator.missing_values, str):
        return [f"missing_values={estimator.missing_values!r}: a string that stands for missing"]
    return []


def _mask(scope: Scope, part: Part, missing_values: Any) -> ir.Value:
    """bool [N, 1]: True where missing."""
    b = scope.builder
    if part.kind == "string":
        return b.op("Equal", part.value, b.constant([MISSING_STRING]), dtype=ir.DataType.BOOL)
    if _is_nan(missing_values):
        return b.op("IsNaN", part.value, dtype=ir.DataType.BOOL)
    marker = b.constant(np.asarray(missing_values), part.value.dtype)
    return b.op("Equal", part.value, marker, dtype=ir.DataType.BOOL)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F' + I]; columns never seen in fit are dropped unless kept, I indicators follow.

    Numerics: exact; a value is either kept or replaced.
    """
    b = scope.builder
    scope.passed(table, "SimpleImputer")
    statistics = np.asarray(estimator.statistics_, dtype=object)
    parts: list[Part] = []
    masks: list[ir.Value] = []
    singles = table.each(b)
    for part, fill in zip(singles, statistics, strict=True):
        masks.append(_mask(scope, part, estimator.missing_values))
        if _is_nan(fill):
            if not estimator.keep_empty_features:
                continue
            fill = 0
        if part.kind == "string":
            constant = b.constant([str(fill)])
        else:
            constant = b.constant(np.asarray(float(fill)), part.value.dtype)
            scope.mark(part.origins[0], [float(fill)])
        filled = b.op("Where", masks[-1], constant, part.value, dtype=part.value.dtype)
        parts.append(Part(filled, part.origins))
    if estimator.add_indicator and estimator.indicator_ is not None:
        for index in estimator.indicator_.features_:
            # bool columns join the numbers of the matrix as 0.0 and 1.0.
            number = b.cast(masks[int(index)], ir.DataType.DOUBLE)
            parts.append(Part(number, Columns((singles[int(index)],)).encoded()))
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.impute.SimpleImputer"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/impute/_base.py of 1.9, SimpleImputer.transform",
)
