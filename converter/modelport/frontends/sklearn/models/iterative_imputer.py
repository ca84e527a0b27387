"""IterativeImputer: columns predicted from each other, round after round, from the values of a simple imputer on."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import column
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import clip
from modelport.frontends.sklearn.models._inner import predicted
from modelport.frontends.sklearn.models._missing import indicators, missing_mask

__all__ = ["MODEL"]

_DOUBLE = ir.DataType.DOUBLE


def _parts(estimator: Any) -> Parts:
    """The first imputer, and one predictor of each column: those of later rounds are of the same kind."""
    found: dict[int, Any] = {}
    for step in estimator.imputation_sequence_:
        found.setdefault(int(step.feat_idx), step.estimator)
    steps = [(f"imputation_sequence_[{place}]", found[place]) for place in sorted(found)]
    return [("initial_imputer_", estimator.initial_imputer_), *steps]


def _refuse(estimator: Any) -> list[str]:
    if estimator.sample_posterior:
        return ["sample_posterior=True draws random numbers at every transform; fit with sample_posterior=False"]
    return []


def _kept(estimator: Any, width: int) -> list[int]:
    """The columns that come out: all, or those that were not empty in fit."""
    empty = np.asarray(getattr(estimator, "_is_empty_feature", np.zeros(width, dtype=np.bool_)))
    return [i for i in range(width) if estimator.keep_empty_features or not empty[i]]


def _convert(scope: Scope, estimator: Any, table: Columns, ask: Any) -> Columns:
    """Shapes: [N, F] -> [N, F' + I], in the type of the rows.

    Numerics: present values stay as they are; a missing one has the error of the predictors, carried from round to
    round. A row in which nothing is given gets what it gets among other rows: alone, the source would not iterate.
    """
    b = scope.builder
    scope.passed(table, "IterativeImputer")
    scope.read_whole(table)
    rows = table.matrix(b)
    dtype = rows.dtype or _DOUBLE
    whole = Columns((Part(rows, table.origins),))
    singles = whole.each(b)
    masks = [missing_mask(scope, part, estimator.missing_values) for part in singles]
    start: Columns = ask(scope, estimator.initial_imputer_, whole)
    filled = [b.cast(part.value, dtype) for part in start.each(b)]
    kept = _kept(estimator, table.width)
    empty = np.asarray(getattr(estimator, "_is_empty_feature", np.zeros(table.width, dtype=np.bool_)))
    blend = table.blend()
    for step in estimator.imputation_sequence_ if estimator.n_iter_ else ():
        place = int(step.feat_idx)
        if empty[kept[place]]:
            continue
        neighbours = Columns(tuple(Part(filled[int(i)], (blend,)) for i in step.neighbor_feat_idx))
        guess = predicted(scope, step.estimator, neighbours, ask).labels(scope)
        if scope.shapes.width(guess) is None:
            guess = column(scope, guess)
        guess = b.cast(_limited(scope, guess, estimator, place), dtype)
        filled[place] = b.op("Where", masks[kept[place]], guess, filled[place], dtype=dtype)
    parts = [Part(value, (blend,)) for value in filled]
    if estimator.add_indicator:
        parts += indicators(scope, estimator.indicator_, masks, singles, dtype)
    return Columns(tuple(parts))


def _limited(scope: Scope, guess: ir.Value, estimator: Any, place: int) -> ir.Value:
    low, high = float(estimator._min_value[place]), float(estimator._max_value[place])
    return clip(scope, guess, low if np.isfinite(low) else None, high if np.isfinite(high) else None)


MODEL = Model(
    classes=["sklearn.impute.IterativeImputer"],
    convert=_convert,
    parts=_parts,
    refuse=_refuse,
    source="sklearn/impute/_iterative.py of 1.9, IterativeImputer.transform",
)
