"""LightGBM's wrappers: LGBMClassifier, LGBMRegressor and LGBMRanker, read through the text of their Booster."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import SampleError
from modelport.frontends._scores import argmax, both_classes, flat
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction
from modelport.readers.lightgbm.arrays import check_integers
from modelport.readers.lightgbm.categories import code_of, pandas_columns
from modelport.readers.lightgbm.emit import compared, emit, landmarks
from modelport.readers.lightgbm.links import link_of
from modelport.readers.lightgbm.live import read_booster, read_first
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.refusals import refusals

__all__ = ["MODEL"]

# Aliases of pred_early_stop in src/io/config_auto.cpp.
_EARLY_STOP = ("pred_early_stop",)


def _refuse(estimator: Any) -> list[str]:
    model = read_first(estimator.booster_, type(estimator).__name__)
    reasons = refusals(model, link_of(model.objective), ())
    # The wrapper hands its own parameters to Booster.predict.
    if any(estimator.get_params().get(name) for name in _EARLY_STOP):
        reasons.append("pred_early_stop=True: it stops adding trees at a margin; set it to False before predicting")
    if len(getattr(estimator, "classes_", (0, 1))) < 2:
        reasons.append("fit() saw one class only, and predict() fails; fit it on two classes or more")
    return reasons


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score [N] or [N, C]; or value and link [N].

    Numerics: sums exact; links by the stated ULP of exp and log. A label is that of the greatest probability, the
    first of equals, where 1 - p and p are the two of a binary classifier.
    """
    b = scope.builder
    kind = type(estimator).__name__
    scope.passed(table, kind)
    model, link = read_booster(estimator.booster_, kind)
    assert link is not None
    _check_integers(scope, table)
    coded = _coded(scope, model, table)
    scope.read_whole(coded)
    for feature, values in landmarks(model).items():
        if not coded.origins[feature].encoded:
            scope.mark(coded.origins[feature], values)
    rows = b.cast(coded.matrix(b), ir.DataType.DOUBLE)
    given = emit(b, model, link, rows)
    for forest in given.forests:
        scope.forests.append(forest)
        columns = given.origins[forest.tensor]
        scope.origins[forest.tensor] = tuple(None if i is None else coded.origins[i].single for i in columns)
    if not hasattr(estimator, "classes_") or callable(estimator.objective_):
        return _numbers(scope, given.raw, given.output, model.per_iteration)
    raw = flat(scope, given.raw) if model.per_iteration == 1 else given.raw
    probability = both_classes(scope, given.output) if model.per_iteration == 1 else given.output
    index = argmax(scope, compared(b, model, probability))
    return Prediction(index=index, scores=probability, rule="argmax", probability=probability, score=raw, link=raw)


def _numbers(scope: Scope, raw: ir.Value, output: ir.Value, per_iteration: int) -> Prediction:
    if per_iteration > 1:
        return Prediction(value=output, link=raw)
    link = flat(scope, raw)
    return Prediction(value=link if output is raw else flat(scope, output), link=link)


def _coded(scope: Scope, model: LightGBMModel, table: Columns) -> Columns:
    """The columns with the codes of pandas categories in place of the categories.

    Raises: SampleError when the sample has others than fit() had: the original refuses that, or takes wrong codes.
    """
    b = scope.builder
    lists = model.pandas_categories or ()
    if not lists and not scope.pandas_categories:
        return table
    columns = table.each(b)
    own = [i for i, part in enumerate(columns) if part.value.producer() is None and _is_category(scope, part)]
    if len(own) != len(lists):
        raise SampleError(
            f"the sample has {len(own)} pandas category column(s), the model was fitted on {len(lists)}",
            where="--data",
            fix="give a DataFrame with the column types of fit()",
        )
    for place, labels in zip(own, lists, strict=True):
        part = columns[place]
        if not all(isinstance(label, bool) for label in labels):
            known = [label if isinstance(label, str) else float(label) for label in labels]
            scope.know_categories(part.origins[0], known)
        columns[place] = Part(code_of(b, part.value, labels), Columns((part,)).encoded())
    return Columns(tuple(columns), table.names)


def _check_integers(scope: Scope, table: Columns) -> None:
    """Raises SampleError for an array of large integers: LightGBM rounds it to float32, but not a DataFrame or floats."""
    value = table.parts[0].value
    if value.producer() is not None or value.name != "X":
        return
    check_integers([scope.samples.get(origin.single or "", np.empty(0)) for origin in table.origins])


def _is_category(scope: Scope, part: Part) -> bool:
    return part.origins[0].single in scope.pandas_categories


def _categories(estimator: Any) -> Mapping[int, Sequence[object]]:
    """Those of the columns that were pandas category columns, as far as the model tells which they were."""
    if not estimator.booster_.pandas_categorical:
        return {}
    model = read_first(estimator.booster_, type(estimator).__name__)
    return dict(zip(pandas_columns(model) or (), model.pandas_categories or (), strict=False))


def _ask(estimator: Any, table: Any, output: str) -> Any:
    """Asks by the methods that every version has; decision_function came with 4.7."""
    if output in ("link", "score"):
        return np.asarray(estimator.predict(table, raw_score=True))
    return estimator.predict_proba(table) if output == "probability" else estimator.predict(table)


MODEL = Model(
    classes=[
        "lightgbm.LGBMClassifier",
        "lightgbm.LGBMModel",
        "lightgbm.LGBMRanker",
        "lightgbm.LGBMRegressor",
    ],
    convert=_convert,
    refuse=_refuse,
    ask=_ask,
    categories=_categories,
    source="python-package/lightgbm/sklearn.py, src/boosting/gbdt_prediction.cpp and src/objective of 4.7",
)
