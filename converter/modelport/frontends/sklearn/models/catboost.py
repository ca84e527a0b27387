"""CatBoost's estimators, pickled or as a step of a pipeline: the reader of readers/catboost, in scikit-learn's terms."""

from functools import lru_cache
from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction
from modelport.readers.catboost.dictionary import Dictionary, category_notes
from modelport.readers.catboost.emit import emit
from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import CatBoostModel
from modelport.readers.catboost.parse import parse
from modelport.readers.catboost.questions import answer, prediction_type, sample_dictionaries
from modelport.readers.catboost.refusals import refusals, unreadable

__all__ = ["MODEL"]


@lru_cache(maxsize=4)
def _parsed(text: str) -> CatBoostModel:
    return parse(text)


def _read(estimator: Any) -> CatBoostModel:
    return _parsed(json_text(estimator))


def _refuse(estimator: Any) -> list[str]:
    return unreadable(estimator) or refusals(_read(estimator))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N] or [N, L], probability, score; or value [N] or [N, K], link. Links by their bound."""
    model = _read(estimator)
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    whole = len(table.parts) == 1 and not len(model.cat_columns)
    parts = list(table.parts) if whole else table.each(scope.builder)
    dictionaries = _dictionaries(scope, estimator, model, parts)
    scope.notes += category_notes(dictionaries)
    for column, part in enumerate(parts):
        if column not in model.cat_columns:
            scope.read_whole(Columns((part,)))
    kind = prediction_type(estimator, lambda: model)
    values = [part.value for part in parts]
    given = emit(scope.builder, model, values, kind, type(estimator).__name__, dictionaries)
    for forest in given.forests:
        scope.forests.append(forest)
        scope.origins[forest.tensor] = tuple(
            None if column is None else table.origins[column].single for column in given.origins[forest.tensor]
        )
    return given.prediction


def _dictionaries(scope: Scope, estimator: Any, model: CatBoostModel, parts: list[Part]) -> tuple[Dictionary, ...]:
    """The values of categories: those of the sample, and what steps before this one may have put in their place."""
    own = [parts[column] for column in model.cat_columns]
    columns = []
    for part in own:
        values = [value for name in part.origins[0].features for value in scope.samples.get(name, np.empty(0)).tolist()]
        if part.kind == "string":
            texts = {value for value in values if isinstance(value, str)} | scope.builder.texts()
            columns.append(np.array([*texts], dtype=object))
        else:
            whole = {int(value) for value in values if not isinstance(value, str) and value == value}
            columns.append(np.array(sorted(whole), dtype=np.int64))
    found = sample_dictionaries(estimator, model, columns) if own else ()
    for part, known in zip(own, found, strict=True):
        scope.know_categories(part.origins[0], known.texts if known.kind == "text" else known.numbers.tolist())
    return found


def _kinds(estimator: Any) -> dict[int, str]:
    return dict.fromkeys(estimator._get_cat_feature_indices(), "integer")


def _ask(estimator: Any, table: Any, output: str) -> Any:
    return answer(estimator, table, [output], prediction_type(estimator, lambda: _read(estimator)))[output]


MODEL = Model(
    classes=[f"catboost.{name}" for name in ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")],
    convert=_convert,
    refuse=_refuse,
    ask=_ask,
    kinds=_kinds,
    source="catboost/libs/model/cpu and libs/eval_result/eval_helpers.cpp of 1.2",
)
