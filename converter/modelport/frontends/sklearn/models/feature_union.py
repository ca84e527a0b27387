"""FeatureUnion: every transformer gets all columns, the results stand side by side."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [(name, t) for name, t in estimator.transformer_list if not isinstance(t, str)]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns:
    """Shapes: [N, F] -> [N, Σ widths]."""
    weights = estimator.transformer_weights or {}
    results: list[Columns] = []
    for name, transformer in estimator.transformer_list:
        if isinstance(transformer, str):
            if transformer == "passthrough":
                scope.read_whole(table)
                results.append(table)
            continue
        part = convert_part(scope, transformer, table)
        if name in weights:
            value = part.matrix(scope.builder)
            factor = scope.builder.constant(np.asarray(weights[name]), value.dtype)
            part = Columns((Part(scope.builder.op("Mul", value, factor), part.origins),))
        results.append(part)
    return Columns.beside(results)


MODEL = Model(
    classes=["sklearn.pipeline.FeatureUnion"],
    convert=_convert,
    parts=_parts,
    source="sklearn/pipeline.py of 1.9, FeatureUnion.transform",
)
