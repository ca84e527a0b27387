"""FeatureUnion: every transformer gets all columns, the results stand side by side."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import as_table, weighted
from modelport.frontends.sklearn.models._output import keeps_types

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [(name, t) for name, t in estimator.transformer_list if t is not None and not isinstance(t, str)]


def _readers(estimator: Any) -> Readers:
    return [(transformer, None) for _, transformer in _parts(estimator)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns:
    """Shapes: [N, F] -> [N, Σ widths], of one type unless the output is a DataFrame."""
    weights = estimator.transformer_weights or {}
    results: list[Columns] = []
    for name, transformer in estimator.transformer_list:
        if transformer is None or transformer == "drop":
            continue
        if transformer == "passthrough":
            part = table
        else:
            part = as_table(scope, transformer, convert_part(scope, transformer, table), table)
        results.append(part if weights.get(name) is None else weighted(scope, part, weights[name]))
    joined = Columns.beside(results)
    return joined if keeps_types(estimator) else joined.stacked(scope.builder)


MODEL = Model(
    classes=["sklearn.pipeline.FeatureUnion"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/pipeline.py of 1.9, FeatureUnion.transform",
    terms=True,
)
