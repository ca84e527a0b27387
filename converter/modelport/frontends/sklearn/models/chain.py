"""ClassifierChain and RegressorChain: each estimator sees the columns and what those before it answered."""

from typing import Any

import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import (
    Inner,
    concat_columns,
    numbered,
    numeric,
    of_axis,
    predicted,
    table_of,
)
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return numbered("estimators_", estimator.estimators_)


def _readers(estimator: Any) -> Readers:
    return [(estimator.estimators_[0], None)]


def _refuse(estimator: Any) -> list[str]:
    if getattr(estimator, "chain_method_", "") == "predict_log_proba" and len(estimator.estimators_) > 1:
        return [
            "chain_method='predict_log_proba': where a probability is 0, the next estimator refuses its logarithm, row by row; "
            "chain by 'predict_proba' or 'decision_function'"
        ]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N, K], probability_<k> [N], score [N, K]; or value [N, K]. Everything is widened to float64."""
    b = scope.builder
    rows = numeric(scope, table)
    wide = Columns(tuple(type(part)(b.cast(part.value, ir.DataType.DOUBLE), part.origins) for part in rows.parts))
    scope.read_whole(table)
    chain: list[Inner] = []
    answers: list[ir.Value] = []
    method = getattr(estimator, "chain_method_", "predict")
    for part in estimator.estimators_:
        before = [table_of(scope, answer, table) for answer in answers]
        chain.append(predicted(scope, part, Columns.beside([wide, *before]), convert_part))
        answers.append(_answer(scope, chain[-1], method))
    order = [int(place) for place in estimator.order_]
    ordered = [chain[order.index(place)] for place in range(len(order))]
    if qualified_name(estimator).endswith("RegressorChain"):
        return Prediction(value=concat_columns(scope, [one.labels(scope) for one in ordered]))
    scores = [one.prediction.score for one in ordered]
    # Of more than two classes the source cannot hold the decisions.
    single = [score for score in scores if score is not None and scope.shapes.width(score) in (None, 1)]
    known = [b.cast(_ravel(scope, score), ir.DataType.DOUBLE) for score in single]
    return Prediction(
        several=tuple(_one(scope, one, _all_of_two(ordered)) for one in ordered),
        score=concat_columns(scope, known) if len(known) == len(ordered) else None,
    )


def _ravel(scope: Scope, value: ir.Value) -> ir.Value:
    return value if scope.shapes.width(value) is None else flat(scope, value)


def _answer(scope: Scope, inner: Inner, method: str) -> ir.Value:
    """float64 [N]: what the estimators after it see."""
    b = scope.builder
    if method == "decision_function":
        return b.cast(_ravel(scope, inner.score), ir.DataType.DOUBLE)
    if method == "predict":
        return _ravel(scope, inner.labels(scope))
    share = of_axis(scope, inner.probability, 1)
    return b.cast(share, ir.DataType.DOUBLE)


def _all_of_two(chain: list[Inner]) -> bool:
    """Whether predict_proba can be held in one array: every estimator tells two classes apart."""
    return all(len(one.classes) == 2 and one.prediction.probability is not None for one in chain)


def _one(scope: Scope, inner: Inner, two: bool) -> Prediction:
    p = inner.prediction
    return Prediction(
        index=p.index,
        scores=p.scores,
        rule=p.rule,
        border=p.border,
        probability=scope.builder.cast(of_axis(scope, inner.probability, 1), ir.DataType.DOUBLE) if two else None,
        # The source collects labels in an array of float64.
        classes=tuple(float(label) for label in inner.classes),
    )


MODEL = Model(
    classes=["sklearn.multioutput.ClassifierChain", "sklearn.multioutput.RegressorChain"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    refuse=_refuse,
    source="sklearn/multioutput.py of 1.9, _BaseChain._get_predictions",
)
