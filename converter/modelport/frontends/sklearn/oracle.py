"""Asks the fitted scikit-learn object itself: predict and its companions on the whole batch."""

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.evidence.oracle import OracleRefusalError
from modelport.frontends.sklearn._model import find_model
from modelport.ir.contract import UNKNOWN_STRING, Feature, Output
from modelport.ir.intake import is_missing
from modelport.ir.rows import Column, Rows

__all__ = ["SklearnOracle", "plain"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class SklearnOracle:
    """``names`` are the columns that fit() saw, None for an array; ``fillers`` stand in for those it ignores.

    ``categories`` are the values of the columns that are categories in pandas' sense.
    ``flat``: the estimator takes a list of texts, not a table.
    """

    estimator: Any
    features: tuple[Feature, ...]
    outputs: tuple[Output, ...]
    names: tuple[str, ...] | None
    order: tuple[str, ...]
    fillers: Mapping[str, object]
    categories: Mapping[str, Array] = field(default_factory=dict)
    flat: bool = False

    def ask(self, rows: Rows) -> Mapping[str, Array]:
        """Returns labels as class indices and numbers as they are. Raises: OracleRefusalError."""
        table = self.table(rows)
        given: dict[str, Any] = {}

        def asked(question: str) -> Any:
            # probability_0, probability_1 … are parts of one answer.
            if question not in given:
                given[question] = getattr(self.estimator, question)(table)
            return given[question]

        answers: dict[str, Array] = {}
        refusals: tuple[type[Exception], ...] = (
            ValueError,
            TypeError,
            OverflowError,
            KeyError,
            IndexError,
            # A vectorizer asks None for its lower().
            AttributeError,
            *_foreign_errors(),
        )
        try:
            with _one_thread(), warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                for output in self.outputs:
                    answers[output.name] = _answer(output, asked, self.estimator, table)
        except refusals as err:
            raise OracleRefusalError(f"{type(err).__name__}: {err}") from err
        return answers

    def table(self, rows: Rows) -> Any:
        """The rows as fit() saw them: a DataFrame, or an array."""
        by_name = {feature.name: feature for feature in self.features}
        columns: dict[str, Array] = {}
        for name in self.order:
            if name in by_name:
                columns[name] = _column(rows.columns[name], by_name[name])
            else:
                filler = np.empty(rows.count, dtype=object)
                filler[:] = [self.fillers.get(name, np.nan)] * rows.count
                columns[name] = np.asarray(filler.tolist(), dtype=object if _is_text(filler) else None)
        if self.flat:
            return next(iter(columns.values()))
        if self.names is not None:
            import pandas as pd

            # Without a dtype, pandas 3 makes text of object columns and NaN of their None.
            series = {
                name: _categorical(column, self.categories[name])
                if name in self.categories
                else pd.Series(column, dtype=column.dtype)
                for name, column in columns.items()
            }
            return pd.DataFrame(series, index=range(rows.count))
        if any(column.dtype == object for column in columns.values()):
            return np.stack([column.astype(object) for column in columns.values()], axis=1)
        return np.stack(list(columns.values()), axis=1)


_QUESTIONS = {
    "value": "predict",
    "probability": "predict_proba",
    "score": "decision_function",
    "score_samples": "score_samples",
    "transformed": "transform",
}


def _answer(output: Output, asked: Callable[[str], Any], estimator: Any, table: Any) -> Array:
    """One output of the contract, as the estimator gives it."""
    last, rows = _behind_steps(estimator, table)
    model = find_model(last)
    if model is not None and model.ask is not None:
        given = np.asarray(model.ask(last, rows(), output.name))
        return _class_indices(given, output) if output.name == "label" else given
    if output.name == "label":
        return _class_indices(np.asarray(asked("predict")), output)
    if output.name == "link":
        return _link(estimator, table)
    if output.name.startswith("probability_"):
        number = int(output.name.removeprefix("probability_"))
        every = asked("predict_proba")
        return np.asarray(every[number] if isinstance(every, list) else np.asarray(every)[:, number])
    given = asked(_QUESTIONS[output.name])
    dense = given.toarray() if hasattr(given, "toarray") else np.asarray(given)
    if output.name == "transformed":
        return dense.astype(np.float32 if output.dtype == "float32" else np.float64)
    return dense


def _class_indices(labels: Array, output: Output) -> Array:
    position = {label: index for index, label in enumerate(output.classes or ())}
    flat = [position[plain(label)] for label in labels.ravel()]
    shape = labels.shape if output.width is not None else (len(labels),)
    return np.array(flat, dtype=np.int32).reshape(shape)


@cache
def _thread_pools() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def _one_thread() -> Iterator[None]:
    """A parallel sum adds trees, or parts of a dot product, in any order; one after the other is defined."""
    import joblib

    with joblib.parallel_config(backend="sequential"), _thread_pools().limit(limits=1):
        yield


def _link(estimator: Any, table: Any) -> Array:
    """The value before the inverse link, asked of the regressor itself behind the steps of a pipeline."""
    last, rows = _behind_steps(estimator, table)
    question = last._raw_predict if hasattr(last, "_raw_predict") else last._linear_predictor
    return np.asarray(question(rows())).ravel()


def _behind_steps(estimator: Any, table: Any) -> tuple[Any, Callable[[], Any]]:
    """The last step of a pipeline, and what gives the rows that it sees."""
    pipelines = []
    while hasattr(estimator, "steps"):
        pipelines.append(estimator)
        estimator = estimator.steps[-1][1]

    def rows() -> Any:
        seen = table
        for pipeline in pipelines:
            seen = pipeline[:-1].transform(seen) if len(pipeline.steps) > 1 else seen
        return seen

    return estimator, rows


def _foreign_errors() -> tuple[type[Exception], ...]:
    """What loaded libraries raise for rows that they refuse, where it is no ValueError."""
    known = {"catboost": "CatBoostError", "lightgbm.basic": "LightGBMError"}
    return tuple(getattr(sys.modules[module], name) for module, name in known.items() if module in sys.modules)


def _column(column: Column, feature: Feature) -> Array:
    if feature.dtype == "string":
        values = column.values.astype(object)
        values[~column.valid] = None if feature.missing_as == "none" else np.nan
        return values
    if feature.dtype in ("int64", "bool") and not column.valid.all():
        numbers: Array = column.values.astype(np.float64)
        return np.where(column.valid, numbers, np.nan)
    return column.values


def _categorical(values: Array, categories: Array) -> Any:
    """A column of pandas categories: those of fit() in their order, then any new ones, as a caller's frame has them."""
    import pandas as pd

    known = set(categories.tolist())
    if categories.dtype.kind == "b":
        # A column with missing values comes as floats, and 1.0 is no category of pandas' False and True.
        values = np.array([None if value is None or value != value else bool(value) for value in values], dtype=object)
    if values.dtype == object and UNKNOWN_STRING in values:
        # XGBoost 3.2 takes a new category for the next one in the alphabet; what stands behind all others it refuses.
        # It also counts letters where it should count bytes, so the text is ASCII where all others are.
        stand_in = max(map(str, known), default="") + "~unknown"
        values = np.array([stand_in if value == UNKNOWN_STRING else value for value in values], dtype=object)
    present = [value for value in values if not is_missing(value)]
    new = sorted(set(present) - known)
    whole = categories.dtype.kind in "iu" and all(float(value).is_integer() and abs(value) < 2**63 for value in new)
    added = np.array(new, dtype=categories.dtype if whole else None) if new else categories[:0]
    # Text must not become objects: libraries tell the two apart.
    kind = "str" if _is_text(categories) else None
    joined = pd.Index(np.concatenate([categories, added]) if new else categories, dtype=kind)
    return pd.Series(pd.Categorical([None if value != value else value for value in values], categories=joined))


def _is_text(values: Array) -> bool:
    return any(isinstance(value, str) for value in values)


def plain(label: Any) -> Any:
    """A label as Python's own str, int, bool or float."""
    return label.item() if isinstance(label, np.generic) else label
