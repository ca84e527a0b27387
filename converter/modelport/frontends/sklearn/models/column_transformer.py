"""ColumnTransformer: each transformer gets its columns, the results stand side by side."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL", "column_indices"]


def _parts(estimator: Any) -> Parts:
    return [(name, t) for name, t, _ in estimator.transformers_ if not isinstance(t, str)]


def column_indices(columns: Any, table: Columns, width: int) -> list[int]:
    """Positions of what a fitted ColumnTransformer holds as columns: names, positions, a slice or a mask."""
    if isinstance(columns, str) or (isinstance(columns, int | np.integer) and not isinstance(columns, bool)):
        columns = [columns]
    if isinstance(columns, slice):
        if isinstance(columns.start, str) or isinstance(columns.stop, str):
            names = list(table.names or ())
            start = None if columns.start is None else names.index(columns.start)
            # A slice of names includes its end, as in pandas.
            stop = None if columns.stop is None else names.index(columns.stop) + 1
            columns = slice(start, stop, columns.step)
        chosen: list[int] = list(range(width))[columns]
        return chosen
    items = list(columns)
    if items and all(isinstance(item, bool | np.bool_) for item in items):
        return [i for i, chosen in enumerate(items) if chosen]
    if items and isinstance(items[0], str):
        names = list(table.names or ())
        return [names.index(item) for item in items]
    return [int(item) % width for item in items]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns:
    """Shapes: [N, F] -> [N, Σ widths]; an empty selection adds nothing."""
    results: list[Columns] = []
    weights = estimator.transformer_weights or {}
    for name, transformer, columns in estimator.transformers_:
        indices = column_indices(columns, table, table.width)
        if not indices or (isinstance(transformer, str) and transformer == "drop"):
            continue
        chosen = table.select(scope.builder, indices)
        if isinstance(transformer, str):
            scope.read_whole(chosen)
            results.append(chosen)
            continue
        part = convert_part(scope, transformer, chosen)
        if name in weights:
            value = part.matrix(scope.builder)
            factor = scope.builder.constant(np.asarray(weights[name]), value.dtype)
            part = Columns((Part(scope.builder.op("Mul", value, factor), part.origins),))
        results.append(part)
    names = None
    if hasattr(estimator, "feature_names_in_"):
        names = tuple(str(name) for name in estimator.get_feature_names_out())
    return Columns.beside(results, names)


MODEL = Model(
    classes=["sklearn.compose.ColumnTransformer"],
    convert=_convert,
    parts=_parts,
    source="sklearn/compose/_column_transformer.py of 1.9, ColumnTransformer.transform",
)
