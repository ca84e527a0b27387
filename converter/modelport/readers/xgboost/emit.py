"""Emits an XGBoost model: its columns, its margins, what its predict makes of them, and labels by the wrapper's rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.prediction import Prediction
from modelport.readers.boosted import Emission
from modelport.readers.xgboost import links
from modelport.readers.xgboost.columns import category_faults, coded_rows, without_zeros
from modelport.readers.xgboost.margins import Use, margins
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.objectives import OBJECTIVES

__all__ = ["Wrapper", "emit", "faults", "kind_of"]


@dataclass(frozen=True)
class Wrapper:
    """What asks: a bare booster (no ``kind``), or a wrapper of scikit-learn with the ``n_classes_`` of a classifier."""

    kind: Literal["classifier", "regressor"] | None = None
    n_classes: int = 2


def kind_of(model: XGBoostModel, wrapper: Wrapper) -> Literal["classifier", "regressor"]:
    """Whether labels are predicted."""
    return wrapper.kind or OBJECTIVES[model.objective].task


def faults(model: XGBoostModel, wrapper: Wrapper) -> list[str]:
    """Everything that cannot be converted exactly."""
    found = category_faults(model)
    if model.objective not in OBJECTIVES:
        found.append(f"the objective {model.objective!r} is not known: state its link in an issue, or predict margins")
        return found
    if model.trees is not None and not len(model.trees.roots):
        found.append("it holds no trees: train at least one round")
    link = OBJECTIVES[model.objective].link
    if kind_of(model, wrapper) == "classifier":
        wide = model.n_outputs > 1 and link != "argmax"
        if wrapper.kind and wide and wrapper.n_classes not in (model.n_outputs, 2):
            found.append(f"{model.n_outputs} outputs for {wrapper.n_classes} classes: predict_proba has no meaning")
    return found


def emit(b: GraphBuilder, model: XGBoostModel, values: Sequence[ir.Value], use: Use, wrapper: Wrapper) -> Emission:
    """Shapes: columns [N, k] that make up [N, F] -> label, probability and score; or value and link.

    Numerics: margins exact; links within one float32 of XGBoost's own exponentials.
    """
    if use.zeros_missing:
        values = without_zeros(b, values)
    rows = coded_rows(b, model, values, use.missing)
    raw, forest = margins(b, model, rows, use)
    link = OBJECTIVES[model.objective].link
    margin = links.flat(b, raw) if model.n_outputs == 1 else raw
    if kind_of(model, wrapper) == "regressor":
        value = _value(b, link, margin if link != "softmax" else raw)
        found = Prediction(value=value, link=margin)
    else:
        found = replace(_labels(b, model, raw, wrapper), score=margin)
    if forest is None:
        return Emission(found)
    return Emission(found, (forest,), {forest.tensor: tuple(range(model.n_features))})


def _value(b: GraphBuilder, link: str, margin: ir.Value) -> ir.Value:
    """What Booster.predict gives."""
    if link == "sigmoid":
        return links.sigmoid(b, margin)
    if link == "exp":
        return links.exp(b, margin)
    if link == "softmax":
        return links.softmax(b, margin)
    if link == "step":
        return links.step(b, margin)
    if link == "argmax":
        return b.cast(_argmax(b, margin), ir.DataType.FLOAT)
    return margin


def _argmax(b: GraphBuilder, scores: ir.Value) -> ir.Value:
    return b.op("ArgMax", scores, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0)


def _labels(b: GraphBuilder, model: XGBoostModel, raw: ir.Value, wrapper: Wrapper) -> Prediction:
    """Labels by XGBClassifier.predict and predict_proba of 3.2; a bare booster has the classes 0, 1, …"""
    link = OBJECTIVES[model.objective].link
    wrapped = wrapper.kind is not None
    if link == "argmax":
        # The booster itself gives the label of the greatest margin; only the wrapper makes probabilities of them.
        probability = links.softmax_of_scipy(b, raw) if wrapped else None
        return Prediction(
            classes=tuple(range(model.n_outputs)),
            index=_argmax(b, raw),
            scores=raw,
            rule="argmax",
            probability=probability,
        )
    value = _value(b, link, raw)
    if model.n_outputs == 1:
        has_probability = wrapped or link == "sigmoid"
        return replace(_one(b, value), probability=links.both(b, value) if has_probability else None)
    several = wrapper.n_classes == 2 if wrapped else link != "softmax"
    if several:
        columns = [_column(b, value, k) for k in range(model.n_outputs)]
        if not wrapped and link != "sigmoid":
            columns = [replace(column, probability=None) for column in columns]
        return Prediction(several=tuple(columns))
    return Prediction(
        classes=tuple(range(model.n_outputs)),
        index=_argmax(b, value),
        scores=value,
        rule="argmax",
        probability=value,
    )


def _one(b: GraphBuilder, value: ir.Value) -> Prediction:
    """Class 1 where the value exceeds 0.5: a probability, a vote, or for binary:logitraw a margin."""
    single = links.flat(b, value)
    half = b.constant(np.asarray(0.5, dtype=np.float32))
    above = b.op("Greater", single, half, dtype=ir.DataType.BOOL)
    index = b.cast(above, ir.DataType.INT64)
    return Prediction(classes=(0, 1), index=index, scores=single, rule="positive", border=0.5)


def _column(b: GraphBuilder, value: ir.Value, column: int) -> Prediction:
    own = b.op("Gather", value, b.constant(np.array([column], dtype=np.int64)), axis=1)
    found = _one(b, own)
    return replace(found, probability=found.scores)
