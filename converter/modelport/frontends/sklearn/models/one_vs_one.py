"""OneVsOneClassifier: one estimator a pair of classes; votes, and among equal votes the confidences."""

from itertools import combinations
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._binary import binary_parts, binary_readers, border_of, one_of_two
from modelport.frontends.sklearn.models._inner import add_up, concat_columns, numeric, of_axis
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.pairwise_indices_ is not None:
        return ["an estimator over a precomputed kernel, which takes distances to the training rows, not rows"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N, C], of two classes [N].

    Numerics: votes and confidences are added in the order of the pairs; x / (3(|x| + 1)) of the sum of the confidences is
    added to the votes: exact.
    """
    b = scope.builder
    rows = numeric(scope, table)
    each = [one_of_two(scope, part, rows, convert_part) for part in estimator.estimators_]
    classes = tuple(plain(label) for label in estimator.classes_)
    votes: list[list[ir.Value]] = [[] for _ in classes]
    sums: list[list[ir.Value]] = [[] for _ in classes]
    for one, (i, j) in zip(each, combinations(range(len(classes)), 2), strict=True):
        confidence = b.cast(one.value, ir.DataType.DOUBLE)
        for place, label, signed in ((i, 0.0, b.op("Neg", confidence)), (j, 1.0, confidence)):
            own = b.op("Equal", one.label, b.constant(np.asarray(label)), dtype=ir.DataType.BOOL)
            votes[place].append(b.cast(own, ir.DataType.DOUBLE))
            sums[place].append(signed)
    vote = concat_columns(scope, [add_up(scope, own) for own in votes])
    total = concat_columns(scope, [add_up(scope, own) for own in sums])
    grown = b.op("Add", b.op("Abs", total), b.constant(np.asarray(1.0)))
    score = b.op("Add", vote, b.op("Div", total, b.op("Mul", b.constant(np.asarray(3.0)), grown)))
    if len(classes) > 2:
        return Prediction(index=argmax(scope, score), scores=score, rule="argmax", score=score, classes=classes)
    second = of_axis(scope, score, 1)
    border = border_of(estimator.estimators_[0])
    above = b.op("Greater", second, b.constant(np.asarray(border)), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(above, ir.DataType.INT64),
        scores=second,
        rule="positive",
        border=border,
        score=second,
        classes=classes,
    )


MODEL = Model(
    classes=["sklearn.multiclass.OneVsOneClassifier"],
    convert=_convert,
    parts=binary_parts,
    readers=binary_readers,
    refuse=_refuse,
    source="sklearn/multiclass.py of 1.9, OneVsOneClassifier; sklearn/utils/multiclass.py, _ovr_decision_function",
    terms=True,
)
