"""OrdinalEncoder: the code of each category, with the fitted codes for missing and unknown ones."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._categories import is_missing, matches, note, two_kinds_of_missing

__all__ = ["MODEL"]


def _codes(estimator: Any, index: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The output value of each category, float64 [C]."""
    categories = estimator.categories_[index]
    codes = np.arange(len(categories), dtype=np.float64)
    mappings = getattr(estimator, "_default_to_infrequent_mappings", None)
    if mappings is not None and mappings[index] is not None:
        # The mapping speaks of the categories without a missing one, which keeps the code after them.
        mapping = np.asarray(mappings[index], dtype=np.float64)
        codes[: len(mapping)] = mapping
    for position, category in enumerate(categories):
        # None is a category like others; only NaN has a code of its own.
        if is_missing(category) and category is not None:
            codes[position] = float(estimator.encoded_missing_value)
    return codes


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F] float64. Exact: the code is looked up by the position of the match."""
    b = scope.builder
    scope.passed(table, "OrdinalEncoder")
    parts: list[Part] = []
    for index, part in enumerate(table.each(b)):
        categories = estimator.categories_[index]
        note(scope, part, categories)
        hits = b.cast(matches(scope, part, categories), ir.DataType.DOUBLE)
        unknown = estimator.unknown_value if estimator.handle_unknown == "use_encoded_value" else np.nan
        axis = b.constant(np.array([1], dtype=np.int64))
        best = b.op("ReduceMax", hits, axis, keepdims=1)
        position = b.op("ArgMax", hits, dtype=ir.DataType.INT64, axis=1, keepdims=1)
        code = b.op("Gather", b.constant(_codes(estimator, index)), position, axis=0)
        matched = b.op("Greater", best, b.constant(np.asarray(0.5)), dtype=ir.DataType.BOOL)
        filled = b.op("Where", matched, code, b.constant(np.asarray(float(unknown))), dtype=ir.DataType.DOUBLE)
        dtype = ir.DataType.FLOAT if np.dtype(estimator.dtype) == np.float32 else ir.DataType.DOUBLE
        parts.append(Part(b.cast(filled, dtype), Columns((part,)).encoded()))
    return Columns(tuple(parts), table.names)


MODEL = Model(
    classes=["sklearn.preprocessing.OrdinalEncoder"],
    convert=_convert,
    refuse=two_kinds_of_missing,
    source="sklearn/preprocessing/_encoders.py of 1.9, OrdinalEncoder.transform",
)
