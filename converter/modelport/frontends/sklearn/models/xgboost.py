"""XGBoost's estimators, alone or inside others: the reader of readers/xgboost, in scikit-learn's terms.

An objective that is a function of the user's own decides only how trees are grown: predict applies the link of the
objective that the model file names, and so does the graph.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelport.errors import UnsupportedTypeError
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._memory import once
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction
from modelport.readers.xgboost.columns import boosted_columns
from modelport.readers.xgboost.emit import Wrapper, emit, faults
from modelport.readers.xgboost.margins import Use
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.parse import parse

__all__ = ["MODEL"]


def _read(estimator: Any) -> XGBoostModel:
    return once(estimator, lambda: parse(bytes(estimator.get_booster().save_raw("ubj")), "the estimator's booster"))


def _wrapper(estimator: Any) -> Wrapper:
    if hasattr(estimator, "predict_proba"):
        return Wrapper("classifier", int(estimator.n_classes_))
    return Wrapper("regressor")


def _use(scope: Scope, estimator: Any, model: XGBoostModel) -> Use:
    """Of sparse rows, inplace_predict takes only those stored row by row."""
    form = scope.sparse.get(id(estimator))
    linear = model.linear is not None
    best = None if linear else model.best_iteration
    missing = np.nan if estimator.missing is None else float(estimator.missing)
    return Use(
        missing=missing,
        zeros_missing=form is not None,
        rounds=None if best is None else best + 1,
        inplace=not linear and form in (None, "csr"),
    )


def _refuse(estimator: Any) -> list[str]:
    return faults(_read(estimator), _wrapper(estimator))


def _categories(estimator: Any) -> Mapping[int, Sequence[object]]:
    kept = _read(estimator).categories
    return {place: values for place, values in enumerate(kept) if values is not None}  # type: ignore[misc]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N] or [N, L], probability, score; or value [N] or [N, K], link.

    Numerics: margins exact, links within one float32 of XGBoost's own exponentials.
    """
    model = _read(estimator)
    use = _use(scope, estimator, model)
    scope.packages.add("xgboost")
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    kept = any(stored is not None for stored in model.categories)
    parts = table.each(scope.builder) if kept else list(table.parts)
    _check_kinds(model, table)
    for place, column in enumerate(boosted_columns(model, use.missing)):
        origin = table.origins[place]
        scope.mark(origin, column.landmarks)
        known = column.categories or column.numbers
        if known is not None:
            scope.know_categories(origin, known)
        elif kept:
            scope.read_whole(table.select(scope.builder, [place]))
    if not kept:
        scope.read_whole(table)
    scope.notes += _notes(estimator, model)
    given = emit(scope.builder, model, [part.value for part in parts], use, _wrapper(estimator))
    for forest in given.forests:
        scope.forests.append(forest)
        scope.origins[forest.tensor] = tuple(origin.single for origin in table.origins)
    return given.prediction


def _notes(estimator: Any, model: XGBoostModel) -> list[str]:
    found = []
    if callable(estimator.objective):
        name = getattr(estimator.objective, "__name__", type(estimator.objective).__name__)
        found.append(
            f"the objective {name} is the user's own: the numbers are those of XGBoost's predict, which applies the link "
            f"of {model.objective!r}; apply any other link to them"
        )
    if any(stored is not None for stored in model.categories):
        found.append("categories that fit() did not see are refused: XGBoost itself takes some for others")
    return found


def _check_kinds(model: XGBoostModel, table: Columns) -> None:
    """Raises UnsupportedTypeError where text meets numbers: XGBoost tells categories from numbers by their type."""
    names = table.names or tuple(f"x{place}" for place in range(table.width))
    text = [part.kind == "string" for part in table.parts for _ in part.origins]
    wanted = [isinstance(stored, tuple) for stored in model.categories]
    wrong = [name for name, is_text, must in zip(names, text, wanted, strict=True) if is_text and not must]
    if wrong:
        raise UnsupportedTypeError(
            f"text in {', '.join(map(repr, wrong))}, for which the model holds no categories",
            where="model, XGBoost",
            fix="give the codes of the categories, or train with XGBoost 3.1 or later, which keeps them",
        )
    wrong = [name for name, is_text, must in zip(names, text, wanted, strict=True) if must and not is_text]
    if wrong:
        raise UnsupportedTypeError(
            f"numbers in {', '.join(map(repr, wrong))}, where the model has categories that are text",
            where="model, XGBoost",
            fix="give the categories as they were given to fit()",
        )


def _ask(estimator: Any, table: Any, output: str) -> Any:
    if output in ("score", "link"):
        return estimator.predict(table, output_margin=True)
    if output in ("value", "label"):
        return estimator.predict(table)
    every = estimator.predict_proba(table)
    return every if output == "probability" else every[:, int(output.removeprefix("probability_"))]


MODEL = Model(
    classes=[
        f"xgboost.{name}"
        for name in ("XGBClassifier", "XGBModel", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor", "XGBRegressor")
    ],
    convert=_convert,
    refuse=_refuse,
    ask=_ask,
    categories=_categories,
    source="python-package/xgboost/sklearn.py and src/predictor/cpu_predictor.cc of 3.2",
)
