"""ColumnTransformer: each transformer gets its columns, the results stand side by side."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import as_table, weighted
from modelport.frontends.sklearn.models._output import keeps_types

__all__ = ["MODEL", "column_indices"]


def _parts(estimator: Any) -> Parts:
    return [(name, transformer) for name, transformer, _ in _fitted(estimator)]


def _readers(estimator: Any) -> Readers:
    return [(transformer, indices) for _, transformer, indices in _fitted(estimator)]


def _fitted(estimator: Any) -> list[tuple[str, Any, list[int]]]:
    """The transformers that were fitted: one without columns never is."""
    names = getattr(estimator, "feature_names_in_", None)
    table = Columns((), None if names is None else tuple(str(name) for name in names))
    chosen = [(name, t, _indices(estimator, name, c, table)) for name, t, c in estimator.transformers_]
    return [(name, t, indices) for name, t, indices in chosen if indices and t is not None and not isinstance(t, str)]


def _indices(estimator: Any, name: str, columns: Any, table: Columns) -> list[int]:
    """Positions of a transformer's columns: as fit() found them, else from what the user gave."""
    found = getattr(estimator, "_transformer_to_input_indices", {}).get(name)
    if found is not None:
        return [int(index) for index in found]
    return column_indices(columns, table, int(estimator.n_features_in_))


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
    """Shapes: [N, F] -> [N, Σ widths], of one type unless the output is a DataFrame; an empty selection adds nothing."""
    results: list[Columns] = []
    weights = estimator.transformer_weights or {}
    for name, transformer, columns in estimator.transformers_:
        indices = _indices(estimator, name, columns, table)
        if not indices or transformer is None or (isinstance(transformer, str) and transformer == "drop"):
            continue
        chosen = table.select(scope.builder, indices)
        # What passes through is read by the step behind, as numbers or as categories.
        if isinstance(transformer, str):
            part = chosen
        else:
            part = as_table(scope, transformer, convert_part(scope, transformer, chosen), chosen)
        results.append(part if weights.get(name) is None else weighted(scope, part, weights[name]))
    joined = Columns.beside(results)
    return joined if keeps_types(estimator) else joined.stacked(scope.builder)


MODEL = Model(
    classes=["sklearn.compose.ColumnTransformer"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/compose/_column_transformer.py of 1.9, ColumnTransformer.transform",
    terms=True,
)
