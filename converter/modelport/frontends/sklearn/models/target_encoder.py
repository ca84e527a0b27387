"""TargetEncoder: what the target was on average in each category, for each class where there are several."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._categories import matches, note, two_kinds_of_missing

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F], or [N, F·C] of a target with C classes, in float64.

    Numerics: exact: transform() looks the fitted encodings up; an unknown category has the target's mean.
    """
    b = scope.builder
    scope.passed(table, "TargetEncoder")
    classes = len(estimator.classes_) if estimator.target_type_ == "multiclass" else 1
    means = np.asarray(estimator.target_mean_, dtype=np.float64).reshape(1, -1)
    axis = b.constant(np.array([1], dtype=np.int64))
    parts: list[Part] = []
    for index, part in enumerate(table.each(b)):
        categories = estimator.categories_[index]
        note(scope, part, categories)
        own = estimator.encodings_[index * classes : (index + 1) * classes]
        # The last row stands for every other value.
        encodings = np.concatenate([np.stack(own, axis=1).astype(np.float64), means])
        hits = b.cast(matches(scope, part, categories), ir.DataType.DOUBLE)
        found = b.op("Greater", b.op("ReduceMax", hits, axis, keepdims=0), b.constant(0.5), dtype=ir.DataType.BOOL)
        position = b.op("ArgMax", hits, dtype=ir.DataType.INT64, axis=1, keepdims=0)
        other = b.constant(np.asarray(len(categories), dtype=np.int64))
        row = b.op("Where", found, position, other, dtype=ir.DataType.INT64)
        value = b.op("Gather", b.constant(encodings), row, axis=0)
        parts.append(Part(value, Columns((part,)).encoded() * classes))
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.preprocessing.TargetEncoder"],
    convert=_convert,
    refuse=two_kinds_of_missing,
    source="sklearn/preprocessing/_target_encoder.py of 1.9, TargetEncoder.transform",
)
