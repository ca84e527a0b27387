"""RandomTreesEmbedding: a column of 0 and 1 for each leaf of each tree."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._trees import concatenate_trees, float32_rows

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, L], L the leaves of all trees. Exact: each tree gives the number of its leaf."""
    scope.passed(table, "RandomTreesEmbedding")
    scope.read_whole(table)
    b = scope.builder
    trees = [tree.tree_ for tree in estimator.estimators_]
    leaves = [np.asarray(own, dtype=np.int64) for own in estimator.one_hot_encoder_.categories_]
    rows = float32_rows(scope, table)
    values = [np.arange(tree.node_count, dtype=np.float64).reshape(-1, 1) for tree in trees]
    forest = concatenate_trees("RandomTreesEmbedding", str(rows.name), trees, values, len(trees))
    number = scope.forest(replace(forest, target=np.arange(len(trees), dtype=np.int32)), rows, table)
    which = np.repeat(np.arange(len(trees), dtype=np.int64), [len(own) for own in leaves])
    spread = b.op("Gather", number, b.constant(which), axis=1)
    wanted = b.constant(np.concatenate(leaves).astype(np.float64))
    hit = b.cast(b.op("Equal", spread, wanted, dtype=ir.DataType.BOOL), ir.DataType.DOUBLE)
    every = Origin(frozenset[str]().union(*(origin.features for origin in table.origins)))
    return Columns((Part(hit, (every,) * len(which)),))


MODEL = Model(
    classes=["sklearn.ensemble.RandomTreesEmbedding"],
    convert=_convert,
    source="sklearn/ensemble/_forest.py of 1.9, RandomTreesEmbedding.transform",
)
