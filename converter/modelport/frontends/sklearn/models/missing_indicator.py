"""MissingIndicator: which values are missing, as columns of 0 and 1."""

from typing import Any

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._missing import indicators, missing_mask, note_marker

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    return ["it was fitted on a mask instead of on values"] if estimator._precomputed else []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, I] of 0 and 1. Exact.

    Where a missing value is new to a column the source raises, unless told not to; that is in the contract.
    """
    scope.passed(table, "MissingIndicator")
    singles = table.each(scope.builder)
    masks = []
    for part in singles:
        note_marker(scope, part, estimator.missing_values)
        masks.append(missing_mask(scope, part, estimator.missing_values))
    parts = tuple(indicators(scope, estimator, masks, singles, ir.DataType.DOUBLE))
    if not parts:
        raise UnsupportedModelError(
            "MissingIndicator gives no column: nothing was missing in the data of fit()",
            where="model",
            fix="fit with features='all'",
        )
    return Columns(parts)


MODEL = Model(
    classes=["sklearn.impute.MissingIndicator"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/impute/_base.py of 1.9, MissingIndicator.transform",
)
