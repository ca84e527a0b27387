"""OneVsRestClassifier: one estimator a class; the greatest wins, or each label is given by itself."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import both_classes, column
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn._version import since
from modelport.frontends.sklearn.models._binary import binary_parts, binary_readers, border_of, one_of_two
from modelport.frontends.sklearn.models._inner import add_up, concat_columns, filled
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return binary_parts(estimator)


def _readers(estimator: Any) -> Readers:
    return binary_readers(estimator)


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N] or [N, K], probability [N, C] or probability_<k> [N], score [N] or [N, C].

    Numerics: comparisons are exact; probabilities are divided by their sum, taken in the order of the classes, where
    that is not 0. Of equals the first wins.
    """
    b = scope.builder
    each = [one_of_two(scope, part, table, convert_part) for part in estimator.estimators_]
    border = border_of(estimator.estimators_[0])
    shares = [one.probability for one in each]
    scores = [one.score for one in each]
    known = [score for score in scores if score is not None]
    score = None
    if len(known) == len(each):
        score = known[0] if len(each) == 1 else concat_columns(scope, known)
    if estimator.multilabel_:
        several = tuple(
            Prediction(
                index=_above(scope, one.value, border),
                scores=one.value,
                rule="positive",
                border=border,
                probability=one.probability,
                # Labels are the numbers of an indicator matrix.
                classes=(0, 1),
            )
            for one in each
        )
        return Prediction(several=several, score=score)
    classes = tuple(plain(label) for label in estimator.classes_)
    probability = _probability(scope, estimator, [share for share in shares if share is not None])
    if len(classes) == 1:
        zero = b.cast(filled(scope, table, 0.0), ir.DataType.INT64)
        return Prediction(index=zero, probability=probability, score=score, classes=classes)
    if len(each) == 1:
        value = each[0].value
        return Prediction(
            index=_above(scope, value, border),
            scores=value,
            rule="positive",
            border=border,
            probability=probability,
            score=score,
            classes=classes,
        )
    # The source compares in float64.
    values = concat_columns(scope, [b.cast(one.value, ir.DataType.DOUBLE) for one in each])
    # Before 1.8, the last of equals won.
    last = int(not since(estimator, 1, 8))
    index = b.op("ArgMax", values, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=last)
    return Prediction(index=index, scores=values, rule="argmax", probability=probability, score=score, classes=classes)


def _above(scope: Scope, value: ir.Value, border: float) -> ir.Value:
    b = scope.builder
    above = b.op("Greater", value, b.constant(np.asarray(border), value.dtype), dtype=ir.DataType.BOOL)
    return b.cast(above, ir.DataType.INT64)


def _probability(scope: Scope, estimator: Any, shares: list[ir.Value]) -> ir.Value | None:
    b = scope.builder
    count = len(estimator.estimators_)
    if len(shares) < count:
        return None
    joined = concat_columns(scope, shares)
    columns = [column(scope, share) for share in shares]
    if count == 1:
        joined = both_classes(scope, joined)
        columns = [b.op("Gather", joined, b.constant(np.array([place], dtype=np.int64)), axis=1) for place in (0, 1)]
    dtype = joined.dtype or ir.DataType.DOUBLE
    total = add_up(scope, [b.cast(one, dtype) for one in columns])
    if not since(estimator, 1, 7):
        # Where every probability is 0, the source gave NaN.
        return b.op("Div", joined, total)
    empty = b.op("Equal", total, b.constant(np.asarray(0.0), dtype), dtype=ir.DataType.BOOL)
    return b.op("Where", empty, joined, b.op("Div", joined, total), dtype=dtype)


MODEL = Model(
    classes=["sklearn.multiclass.OneVsRestClassifier"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/multiclass.py of 1.9, OneVsRestClassifier",
    terms=True,
)
