"""StackingClassifier and StackingRegressor: a last estimator over what the others answer, and over the rows if asked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import Inner, by_name, concat_columns, of_axis, predicted, table_of
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.contract import Label
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [*by_name(estimator), ("final_estimator_", estimator.final_estimator_)]


def _readers(estimator: Any) -> Readers:
    return [(part, None) for part in estimator.estimators_]


def _refuse(estimator: Any) -> list[str]:
    reasons = []
    for (name, part), method in zip(by_name(estimator), estimator.stack_method_, strict=True):
        classes = np.asarray(getattr(part, "classes_", []), dtype=object).ravel()
        if method == "predict" and any(isinstance(label, str) for label in classes):
            reasons.append(f"stack_method='predict' of {name!r}, which was fitted before on labels that are text")
    several = isinstance(getattr(estimator, "_label_encoder", None), list)
    if several and not isinstance(getattr(estimator.final_estimator_, "classes_", None), list):
        reasons.append(
            "a last estimator that gives the probabilities of several labels in one array: predict_proba fails"
        )
    return reasons


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> what the last estimator gives; of several labels probability_<k> [N]; transformed [N, M].

    Numerics: answers are put side by side as numpy stacks them, in float64 unless all are float32.
    """
    answers: list[Columns] = []
    for part, method in zip(estimator.estimators_, estimator.stack_method_, strict=True):
        inner = predicted(scope, part, table, convert_part)
        answers += _answers(scope, estimator, inner, method, table)
    if estimator.passthrough:
        scope.read_whole(table)
        answers.append(table)
    meta = Columns.beside(answers).stacked(scope.builder)
    last = predicted(scope, estimator.final_estimator_, meta, convert_part)
    numbers = not any(part.kind == "string" for part in meta.parts)
    transformed = meta.matrix(scope.builder) if numbers else None
    p = last.prediction
    if qualified_name(estimator).endswith("StackingRegressor"):
        return Prediction(value=p.value, transformed=transformed)
    if p.several:
        return Prediction(several=_several(scope, estimator, last), transformed=transformed)
    return Prediction(
        index=p.index,
        scores=p.scores,
        rule=p.rule,
        border=p.border,
        probability=p.probability,
        score=p.score,
        transformed=transformed,
        # The last estimator was fitted on 0, 1, 2 …: positions among the labels.
        classes=_named(estimator.classes_, last.classes),
    )


def _answers(scope: Scope, estimator: Any, inner: Inner, method: str, table: Columns) -> list[Columns]:
    """The columns that one estimator adds; of two probabilities the second only."""
    if method == "decision_function":
        return [table_of(scope, inner.score, table)]
    if method == "predict":
        value = inner.prediction.value
        # A regressor's value keeps its type; labels are whole numbers, which numpy widens to float64 beside others.
        return [table_of(scope, inner.labels(scope) if value is None else value, table)]
    several = [Inner(inner.estimator, one).probability for one in inner.prediction.several]
    # Of several labels, predict_proba gives a list of arrays [N, C_k], or one array [N, K] of the chances of label 1.
    if several and scope.shapes.width(several[0]) is not None:
        return [table_of(scope, _without_first(scope, value), table) for value in several]
    value = concat_columns(scope, several) if several else inner.probability
    # Two arrays [N, K] of two labels lose their first column too: the source asks for two classes in either case.
    return [table_of(scope, _without_first(scope, value) if len(estimator.classes_) == 2 else value, table)]


def _without_first(scope: Scope, value: ir.Value) -> ir.Value:
    places = np.arange(1, scope.shapes.width(value) or 1, dtype=np.int64)
    return scope.builder.op("Gather", value, scope.builder.constant(places), axis=1)


def _several(scope: Scope, estimator: Any, last: Inner) -> tuple[Prediction, ...]:
    found = []
    for number, one in enumerate(last.prediction.several):
        own = Inner(last.estimator, one)
        found.append(
            Prediction(
                index=one.index,
                scores=one.scores,
                rule=one.rule,
                border=one.border,
                # The source takes the first column, whichever class that is.
                probability=of_axis(scope, own.probability, 0) if one.probability is not None else None,
                classes=_named(estimator.classes_[number], own.classes),
            )
        )
    return tuple(found)


def _named(labels: Sequence[Any], places: Sequence[Label]) -> tuple[Label, ...]:
    return tuple(plain(labels[int(place)]) for place in places)


MODEL = Model(
    classes=["sklearn.ensemble.StackingClassifier", "sklearn.ensemble.StackingRegressor"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    refuse=_refuse,
    source="sklearn/ensemble/_stacking.py of 1.9, _concatenate_predictions, predict, predict_proba",
)
