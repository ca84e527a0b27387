"""Tells from the fitted estimator alone which of its columns are text, so that '007' in a CSV stays text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelport.frontends.sklearn._model import Readers, find_model, qualified_name

__all__ = ["KINDS", "column_kinds", "reads_labels", "reads_text"]

KINDS = ("text", "integer", "number")
_VECTORIZERS = frozenset(
    f"sklearn.feature_extraction.{name}" for name in ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
)
_LABEL_CODERS = ("sklearn.preprocessing.LabelEncoder", "sklearn.preprocessing.LabelBinarizer")


def reads_text(estimator: Any) -> bool:
    """Whether the estimator takes a list of texts: what first reads its rows is a vectorizer."""
    kind = qualified_name(estimator)
    if kind in _VECTORIZERS:
        return True
    model = find_model(estimator)
    if model is None or kind == "sklearn.compose.ColumnTransformer" or hasattr(estimator, "n_features_in_"):
        return False
    parts = model.parts(estimator)
    return any(reads_text(part) for _, part in (parts[:1] if kind == "sklearn.pipeline.Pipeline" else parts))


def reads_labels(estimator: Any) -> bool:
    """Whether the estimator takes a list of labels: a transformer of the response."""
    return qualified_name(estimator) in _LABEL_CODERS


def column_kinds(estimator: Any, names: tuple[str, ...] | None, width: int) -> list[str | None]:
    """Returns for each input column 'text', 'integer' (an encoder fitted on integers), 'number', or None.

    Estimators that hand their columns on are looked through: the first encoder, imputer or estimator that a column meets
    decides.
    """
    kind = qualified_name(estimator)
    if kind == "sklearn.pipeline.Pipeline":
        return _of_steps([step for _, step in estimator.steps], names, width)
    model = find_model(estimator)
    if model is not None and (readers := model.readers(estimator)):
        return _of_readers(readers, names, width)
    kept = model.categories(estimator) if model is not None else {}
    told = model.kinds(estimator) if model is not None else {}
    if told:
        return [told.get(place) for place in range(width)]
    if kept:
        return [_of_values(kept[place]) if place in kept else None for place in range(width)]
    if kind in _VECTORIZERS:
        return ["text"] * width
    if kind in _LABEL_CODERS:
        return [_of_values(estimator.classes_)] * width
    if hasattr(estimator, "categories_") and len(estimator.categories_) == width:
        return [_of_values(categories) for categories in estimator.categories_]
    statistics = getattr(estimator, "statistics_", None)
    if kind == "sklearn.impute.SimpleImputer" and statistics is not None and len(statistics) == width:
        return [_of_values([value]) if isinstance(value, str) else None for value in statistics]
    return ["number"] * width if hasattr(estimator, "scale_") or hasattr(estimator, "coef_") else [None] * width


def _of_steps(steps: Sequence[Any], names: tuple[str, ...] | None, width: int) -> list[str | None]:
    """Each step is asked of the columns that reached it as they were."""
    found: list[str | None] = [None] * width
    # The input column behind each column that a step gets, None where another step made it.
    places: list[int | None] = list(range(width))
    for step in steps:
        if isinstance(step, str) or step is None:
            continue
        for place, kind in zip(places, column_kinds(step, names, len(places)), strict=False):
            if place is not None and found[place] is None:
                found[place] = kind
        behind = _handed_on(step, places)
        if behind is None or None not in found:
            break
        if behind != places:
            names, places = None, behind
    return found


def _handed_on(step: Any, places: Sequence[int | None]) -> list[int | None] | None:
    """The input column behind each column that a step gives; None where it hands on none."""
    kind = qualified_name(step)
    if kind == "sklearn.impute.SimpleImputer":
        return list(places)
    if kind != "sklearn.compose.ColumnTransformer" or not hasattr(step, "output_indices_"):
        return None
    found: list[int | None] = [None] * max((part.stop for part in step.output_indices_.values()), default=0)
    chosen = getattr(step, "_transformer_to_input_indices", {})
    for name, transformer, _ in step.transformers_:
        own = step.output_indices_.get(name)
        if own is not None and _passes(transformer) and len(chosen.get(name, ())) == own.stop - own.start:
            found[own] = [places[int(index)] for index in chosen[name]]
    return found


def _passes(transformer: Any) -> bool:
    if isinstance(transformer, str):
        return transformer == "passthrough"
    kind = qualified_name(transformer)
    return kind == "sklearn.preprocessing.FunctionTransformer" and transformer.func is None


def _of_readers(readers: Readers, names: tuple[str, ...] | None, width: int) -> list[str | None]:
    found: list[str | None] = [None] * width
    for reader, chosen in readers:
        indices = list(range(width)) if chosen is None else [int(index) for index in chosen]
        inner = None if names is None else tuple(names[i] for i in indices)
        for index, value in zip(indices, column_kinds(reader, inner, len(indices)), strict=True):
            found[index] = found[index] or value
    return found


def _of_values(values: Any) -> str | None:
    present = [v for v in values if v is not None and not (isinstance(v, float | np.floating) and np.isnan(v))]
    if any(isinstance(v, str) for v in present):
        return "text"
    if present and all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in present):
        return "integer"
    return "number" if present else None
