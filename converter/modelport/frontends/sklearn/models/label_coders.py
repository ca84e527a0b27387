"""LabelEncoder and LabelBinarizer: the place of a label among the classes, or a column for each class."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._categories import matches, note

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    kind = getattr(estimator, "y_type_", "")
    return [f"fitted on a table of labels ({kind}), not on one label a row"] if kind.startswith("multilabel") else []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: one label a row -> [N, 1] its place, or [N, C] of the two labels' numbers ([N, 1] of two classes). Exact."""
    b = scope.builder
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    (part,) = table.each(b)
    classes = np.asarray(estimator.classes_)
    note(scope, part, classes)
    hits = matches(scope, part, classes)
    if classes.dtype.kind == "b" and part.kind == "number":
        # What is missing becomes true when numpy makes a bool of it.
        true = b.op(
            "Not", b.op("Equal", part.value, b.constant(np.asarray(0.0), part.value.dtype), dtype=ir.DataType.BOOL)
        )
        hits = b.op(
            "Equal", b.cast(true, ir.DataType.DOUBLE), b.constant(classes.astype(np.float64)), dtype=ir.DataType.BOOL
        )
    if kind == "LabelEncoder":
        place = b.op("ArgMax", b.cast(hits, ir.DataType.DOUBLE), dtype=ir.DataType.INT64, axis=1, keepdims=1)
        return Columns((Part(b.cast(place, ir.DataType.DOUBLE), Columns((part,)).encoded()),))
    low, high = (b.constant(np.asarray(float(number))) for number in (estimator.neg_label, estimator.pos_label))
    if len(classes) == 1:
        hits = b.op("And", hits, b.constant(np.asarray(False)))
    elif len(classes) == 2:
        hits = b.op("Gather", hits, b.constant(np.array([1], dtype=np.int64)), axis=1)
    value = b.op("Where", hits, high, low, dtype=ir.DataType.DOUBLE)
    return Columns((Part(value, Columns((part,)).encoded() * (1 if len(classes) <= 2 else len(classes))),))


def _ask(estimator: Any, table: Any, _: str) -> Any:
    """Label by label: of a whole batch the original first guesses what kind of response it is."""
    if qualified_name(estimator).endswith("LabelEncoder"):
        return np.asarray(estimator.transform(table), dtype=np.float64).reshape(-1, 1)
    labels, place = np.unique(np.asarray(table), return_inverse=True)
    rows = [estimator.transform(labels[i : i + 1]) for i in range(len(labels))]
    dense = [row.toarray() if hasattr(row, "toarray") else row for row in rows]
    width = 1 if len(estimator.classes_) <= 2 else len(estimator.classes_)
    return np.concatenate(dense).astype(np.float64)[place] if dense else np.empty((0, width))


MODEL = Model(
    classes=["sklearn.preprocessing.LabelEncoder", "sklearn.preprocessing.LabelBinarizer"],
    convert=_convert,
    refuse=_refuse,
    ask=_ask,
    source="sklearn/preprocessing/_label.py of 1.9, transform and label_binarize",
)
