"""StandardScaler, MinMaxScaler, MaxAbsScaler and RobustScaler: the same elementwise steps in the same order."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _steps(estimator: Any) -> list[tuple[str, Any]]:
    """The operations that transform() makes, in its order. Division stays one: x*(1/s) differs in the last bit."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    if kind == "StandardScaler":
        return [
            *([("Sub", estimator.mean_)] if estimator.with_mean else []),
            *([("Div", estimator.scale_)] if estimator.with_std else []),
        ]
    if kind == "MinMaxScaler":
        clip = [("Max", estimator.feature_range[0]), ("Min", estimator.feature_range[1])] if estimator.clip else []
        return [("Mul", estimator.scale_), ("Add", estimator.min_), *clip]
    if kind == "MaxAbsScaler":
        clip = [("Max", -1.0), ("Min", 1.0)] if getattr(estimator, "clip", False) else []
        return [("Div", estimator.scale_), *clip]
    return [
        *([("Sub", estimator.center_)] if estimator.with_centering else []),
        *([("Div", estimator.scale_)] if estimator.with_scaling else []),
    ]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F], in the type of the input.

    Numerics: each step is one correctly rounded operation, as in numpy; fitted arrays are first rounded to the
    type of the rows, where the source does the same. NaN stays NaN.
    """
    b = scope.builder
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    if id(estimator) in scope.sparse:
        return _sparse(scope, estimator, table)
    value = table.matrix(b)
    for op, operand in _steps(estimator):
        if op in ("Max", "Min"):
            value = _clip(scope, op, value, float(operand))
        else:
            value = b.op(op, value, b.constant(np.asarray(operand), value.dtype))
    for i, origin in enumerate(table.origins):
        for attribute in ("mean_", "center_", "data_min_", "data_max_"):
            fitted = getattr(estimator, attribute, None)
            if fitted is not None:
                scope.mark(origin, [float(fitted[i])])
    return Columns((Part(value, table.origins),), table.names)


def _sparse(scope: Scope, estimator: Any, table: Columns) -> Columns:
    """Sparse rows are neither centred nor divided: the source multiplies what stands in them by 1 / scale_ in place.

    Numerics: a product in the wider type, rounded to that of the rows.
    """
    b = scope.builder
    if estimator.scale_ is None or getattr(estimator, "with_scaling", True) is False:
        return table
    factors = 1.0 / np.asarray(estimator.scale_)
    parts = table.parts if len(table.parts) == 1 else (Part(table.matrix(b), table.origins),)
    scaled: list[Part] = []
    for part in parts:
        wide = part.value.dtype if factors.dtype == np.float32 else ir.DataType.DOUBLE
        factor = b.constant(factors, wide)
        if part.ids is not None:
            factor = b.op("Gather", factor, part.ids, axis=0, dtype=wide)
        product = b.op("Mul", b.cast(part.value, wide or ir.DataType.DOUBLE), factor)
        scaled.append(replace(part, value=b.cast(product, part.value.dtype or ir.DataType.DOUBLE)))
    if getattr(estimator, "clip", False):
        scaled = [
            replace(part, value=_clip(scope, "Min", _clip(scope, "Max", part.value, -1.0), 1.0)) for part in scaled
        ]
    return Columns(tuple(scaled), table.names)


def _clip(scope: Scope, op: str, value: ir.Value, border: float) -> ir.Value:
    """Clips on one side; Where keeps NaN, which Max and Min of every runtime need not."""
    b = scope.builder
    constant = b.constant(np.asarray(border), value.dtype)
    outside = b.op("Less" if op == "Max" else "Greater", value, constant, dtype=ir.DataType.BOOL)
    return b.op("Where", outside, constant, value, dtype=value.dtype)


MODEL = Model(
    classes=[
        "sklearn.preprocessing.StandardScaler",
        "sklearn.preprocessing.MinMaxScaler",
        "sklearn.preprocessing.MaxAbsScaler",
        "sklearn.preprocessing.RobustScaler",
    ],
    convert=_convert,
    source="sklearn/preprocessing/_data.py of 1.9, transform() of each class",
    terms=True,
)
