"""From raw values to what CatBoost's predict() and predict_proba() give."""

import numpy as np
import onnx_ir as ir

from modelport.evidence.deviation import FAST_EXP
from modelport.ir.builder import GraphBuilder
from modelport.ir.prediction import Prediction
from modelport.readers.catboost.model import CatBoostModel, Classes

__all__ = ["classified", "raw_border", "regressed"]

# Losses whose dimensions are independent yes-or-no questions.
_EACH = ("MultiLogloss", "MultiCrossEntropy")
# Below this argument CatBoost's exponential gives 0 or the smallest normal number, as the row's place in the batch has it.
_LEAST = -708.39641853226408


def regressed(b: GraphBuilder, model: CatBoostModel, raw: ir.Value, kind: str) -> Prediction:
    """[N, K] -> value [N] or [N, K] and the raw values as link."""
    flat = _flat(b, raw) if model.dimensions == 1 else raw
    if kind == "Exponent":
        return Prediction(value=_fast_exp(b, flat), link=flat)
    if kind == "RMSEWithUncertainty":
        # The mean, and e to twice the logarithm of the standard deviation.
        twice = b.op("Mul", _column(b, raw, 1), b.constant(np.asarray(2.0)))
        return Prediction(value=b.op("Concat", _column(b, raw, 0), _fast_exp(b, twice), axis=1), link=raw)
    return Prediction(value=flat, link=flat)


def classified(b: GraphBuilder, model: CatBoostModel, raw: ir.Value) -> Prediction:
    """[N, K] -> label and probability; K = 1 for two classes, classes unseen in training have no raw value."""
    classes = model.classes or Classes((0, 1), np.arange(model.dimensions))
    if model.loss in _EACH:
        return _independent(b, model, raw)
    if model.dimensions == 1:
        single = _flat(b, raw)
        border = raw_border(model)
        positive = b.op("Greater", single, b.constant(np.asarray(border)), dtype=ir.DataType.BOOL)
        chance = _expit(b, raw)
        one = b.constant(np.asarray(1.0))
        return Prediction(
            classes=classes.labels,
            index=b.cast(positive, ir.DataType.INT64),
            scores=single,
            rule="positive",
            border=border,
            probability=b.op("Concat", b.op("Sub", one, chance), chance, axis=1),
            score=single,
        )
    scores = _all_classes(b, classes, raw)
    return Prediction(
        classes=classes.labels,
        index=b.op("ArgMax", scores, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0),
        scores=scores,
        rule="argmax",
        probability=_expit(b, scores) if model.loss == "MultiClassOneVsAll" else _softmax(b, scores),
        score=scores,
    )


def raw_border(model: CatBoostModel) -> float:
    """The raw value above which a label is the second class: logit of the probability threshold, as the source has it."""
    if model.threshold is None:
        return 0.0
    with np.errstate(divide="ignore"):
        return float(-np.log(np.float64(1.0) / np.float64(model.threshold) - 1.0))


def _independent(b: GraphBuilder, model: CatBoostModel, raw: ir.Value) -> Prediction:
    """One yes-or-no label for each dimension."""
    border = raw_border(model)
    limit = b.constant(np.asarray(border))
    several = []
    for k in range(model.dimensions):
        single = _flat(b, _column(b, raw, k))
        several.append(
            Prediction(
                classes=(0, 1),
                index=b.cast(b.op("Greater", single, limit, dtype=ir.DataType.BOOL), ir.DataType.INT64),
                scores=single,
                rule="positive",
                border=border,
                probability=_expit(b, single),
            )
        )
    return Prediction(several=tuple(several), score=raw)


def _all_classes(b: GraphBuilder, classes: Classes, raw: ir.Value) -> ir.Value:
    """[N, K] -> [N, C]: -inf for classes that training never saw."""
    count = len(classes.labels)
    if np.array_equal(classes.dims, np.arange(count)):
        return raw
    place = np.zeros(count, dtype=np.int64)
    place[classes.dims] = np.arange(len(classes.dims))
    seen = np.zeros(count, dtype=np.bool_)
    seen[classes.dims] = True
    spread = b.op("Gather", raw, b.constant(place), axis=1)
    return b.op("Where", b.constant(seen), spread, b.constant(np.asarray(-np.inf)), dtype=ir.DataType.DOUBLE)


def _expit(b: GraphBuilder, value: ir.Value) -> ir.Value:
    """1 / (1 + exp(-x)) with the C library's exp; onnxruntime's own Sigmoid saturates below about -18 in double."""
    one = b.constant(np.asarray(1.0))
    return b.op("Div", one, b.op("Add", one, b.op("Exp", b.op("Neg", value))))


def _softmax(b: GraphBuilder, scores: ir.Value) -> ir.Value:
    axis = b.constant(np.array([1], dtype=np.int64))
    shifted = b.op("Sub", scores, b.op("ReduceMax", scores, axis, keepdims=1))
    # A class without a raw value counts as the least argument, not as minus infinity.
    powers = _fast_exp(b, shifted)
    return b.op("Div", powers, b.op("ReduceSum", powers, axis, keepdims=1))


def _fast_exp(b: GraphBuilder, value: ir.Value) -> ir.Value:
    """CatBoost's own exponential: a table and a polynomial, see ``evidence.deviation``."""
    least = b.op("Max", value, b.constant(np.asarray(_LEAST)))
    return b.as_in(FAST_EXP, b.op("Exp", least))


def _column(b: GraphBuilder, value: ir.Value, index: int) -> ir.Value:
    return b.op("Gather", value, b.constant(np.array([index], dtype=np.int64)), axis=1)


def _flat(b: GraphBuilder, value: ir.Value) -> ir.Value:
    return b.op("Squeeze", value, b.constant(np.array([1], dtype=np.int64)))
