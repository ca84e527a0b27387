"""CatBoost's estimators, pickled or as a step of a pipeline: the reader of readers/catboost, in scikit-learn's terms."""

from functools import lru_cache
from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.readers.boosted import Emission
from modelport.readers.catboost.emit import emit
from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import CatBoostModel
from modelport.readers.catboost.parse import parse
from modelport.readers.catboost.questions import answer, prediction_type
from modelport.readers.catboost.refusals import refusals

__all__ = ["MODEL"]


@lru_cache(maxsize=4)
def _parsed(text: str) -> CatBoostModel:
    return parse(text)


def _read(estimator: Any) -> CatBoostModel:
    return _parsed(json_text(estimator))


def _refuse(estimator: Any) -> list[str]:
    return refusals(_read(estimator))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N] or [N, L], probability, score; or value [N] or [N, K], link. Links by their bound."""
    model = _read(estimator)
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    single = len(table.parts) == 1
    values = [part.value for part in (table.parts if single else table.each(scope.builder))]
    kind = prediction_type(estimator, model)
    given = emit(scope.builder, model, values, kind, type(estimator).__name__)
    for forest in given.forests:
        scope.forests.append(forest)
        scope.origins[forest.tensor] = tuple(
            None if column is None else table.origins[column].single for column in given.origins[forest.tensor]
        )
    return _prediction(given)


def _prediction(given: Emission) -> Prediction:
    return Prediction(
        index=given.index,
        classes=given.classes or None,
        scores=given.scores,
        rule=given.rule,
        border=given.border,
        probability=given.probability,
        score=given.score,
        value=given.value,
        link=given.link,
        several=tuple(_prediction(one) for one in given.several),
    )


def _ask(estimator: Any, table: Any, output: str) -> Any:
    return answer(estimator, table, [output], prediction_type(estimator, _read(estimator)))[output]


MODEL = Model(
    classes=[f"catboost.{name}" for name in ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")],
    convert=_convert,
    refuse=_refuse,
    ask=_ask,
    source="catboost/libs/model/cpu and libs/eval_result/eval_helpers.cpp of 1.2",
)
