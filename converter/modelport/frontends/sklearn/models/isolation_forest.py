"""IsolationForest: the mean depth at which trees part a row from the others, and a label by its sign."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._outliers import detected
from modelport.frontends.sklearn.models._trees import concatenate_trees, float32_rows
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if not hasattr(estimator, "_decision_path_lengths"):
        return ["fitted by a release of scikit-learn that kept no path lengths: fit it again"]
    return []


def _depths(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, 1]: depth and expected rest of each leaf, minus 1, added in tree order. Exact."""
    rows = float32_rows(scope, table)
    trees = [tree.tree_ for tree in estimator.estimators_]
    lengths = zip(estimator._decision_path_lengths, estimator._average_path_length_per_tree, strict=True)
    values = [(depth + rest - 1.0).reshape(-1, 1) for depth, rest in lengths]
    forest = concatenate_trees("IsolationForest", str(rows.name), trees, values, 1)
    if estimator._max_features != table.width:
        # Each tree numbers only the features that it was given.
        columns = [np.append(own, -1) for own in estimator.estimators_features_]
        own = [numbers[tree.feature] for numbers, tree in zip(columns, trees, strict=True)]
        renumbered = np.where(forest.feature < 0, forest.feature, np.concatenate(own))
        forest = replace(forest, feature=renumbered.astype(np.int32))
    return scope.forest(forest, rows, table)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], score [N], score_samples [N].

    Numerics: the sum of depths is exact; 2 ** x by the bound of pow.
    """
    from sklearn.ensemble._iforest import _average_path_length

    scope.passed(table, "IsolationForest")
    scope.read_whole(table)
    b = scope.builder
    denominator = len(estimator.estimators_) * float(_average_path_length([estimator._max_samples])[0])
    depths = flat(scope, _depths(scope, estimator, table))
    ratio = b.op("Div", depths, b.constant(np.asarray(denominator)))
    if denominator == 0:
        # One training row: the source sets every ratio to 1.
        every = b.op("Equal", depths, depths, dtype=ir.DataType.BOOL)
        ratio = b.op("Where", every, b.constant(np.asarray(1.0)), depths, dtype=depths.dtype)
    samples = b.op("Neg", b.op("Pow", b.constant(np.asarray(2.0)), b.op("Neg", ratio)))
    score = b.op("Sub", samples, b.constant(np.asarray(float(estimator.offset_))))
    return replace(detected(scope, score), score_samples=samples)


MODEL = Model(
    classes=["sklearn.ensemble.IsolationForest"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/ensemble/_iforest.py of 1.9, decision_function, _compute_score_samples",
)
