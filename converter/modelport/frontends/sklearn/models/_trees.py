"""Reads scikit-learn's trees into a Forest and emits it: rows are rounded to float32, thresholds stay float64."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.forest import LEAF, Forest
from modelport.ir.prediction import Prediction

__all__ = ["concatenate_trees", "float32_rows", "moved", "narrowed", "sum_trees", "tree_classes"]


def float32_rows(scope: Scope, table: Columns) -> ir.Value:
    """[N, F] rounded to float32, as the source does, and widened again for the comparison with float64 thresholds."""
    b = scope.builder
    return b.cast(b.cast(table.matrix(b), ir.DataType.FLOAT), ir.DataType.DOUBLE)


def narrowed(scope: Scope, table: Columns, trees: Sequence[Any]) -> tuple[Columns, npt.NDArray[np.int32]]:
    """Only the columns that the trees ask for, where the others are many; and the new place of each."""
    if all(part.ids is None for part in table.parts):
        return table, np.arange(table.width, dtype=np.int32)
    asked = np.unique(
        np.concatenate([np.zeros(1, dtype=np.int64), *(tree.feature[tree.feature >= 0] for tree in trees)])
    )
    place = np.full(table.width, LEAF, dtype=np.int32)
    place[asked] = np.arange(len(asked))
    return table.select(scope.builder, asked.tolist()), place


def moved(forest: Forest, place: npt.NDArray[np.int32]) -> Forest:
    """The forest over columns at other places."""
    if np.array_equal(place, np.arange(len(place))):
        return forest
    return replace(forest, feature=np.where(forest.feature >= 0, place[forest.feature], LEAF).astype(np.int32))


def concatenate_trees(
    name: str, tensor: str, trees: Sequence[Any], values: Sequence[npt.NDArray[np.float64]], n_targets: int
) -> Forest:
    """Joins sklearn.tree._tree.Tree objects; ``values`` [nodes, K or 1] go with each."""
    counts = [int(tree.node_count) for tree in trees]
    starts = (np.cumsum(counts) - counts).astype(np.int64)
    total = sum(counts)
    # Filled in place: a list of shifted copies would take as much as the forest once more.
    feature, true_child, false_child = (np.empty(total, dtype=np.int32) for _ in range(3))
    threshold, missing = np.empty(total), np.zeros(total, dtype=np.bool_)
    leaves = np.empty((total, values[0].shape[1]))
    for tree, start, count, own in zip(trees, starts.tolist(), counts, values, strict=True):
        at = slice(start, start + count)
        left = tree.children_left
        leaf = left == -1
        feature[at] = np.where(leaf, LEAF, tree.feature)
        true_child[at] = np.where(leaf, -1, left + start)
        false_child[at] = np.where(leaf, -1, tree.children_right + start)
        threshold[at] = tree.threshold
        leaves[at] = own
        if hasattr(tree, "missing_go_to_left"):
            missing[at] = tree.missing_go_to_left
    return Forest(
        name=name,
        tensor=tensor,
        input_type="float32",
        roots=starts,
        feature=feature,
        threshold=threshold,
        true_child=true_child,
        false_child=false_child,
        missing_true=missing,
        values=leaves,
        base=np.zeros(n_targets),
    )


def sum_trees(scope: Scope, name: str, trees: Sequence[Any], table: Columns, *, classify: bool = False) -> ir.Value:
    """[N, F] -> [N, K]: the sum of the trees' leaf vectors in tree order, K = outputs × classes."""
    table, place = narrowed(scope, table, trees)
    rows = float32_rows(scope, table)
    values = [(_shares(tree.value) if classify else tree.value).reshape(tree.node_count, -1) for tree in trees]
    forest = concatenate_trees(name, str(rows.name), trees, values, values[0].shape[1])
    return scope.forest(moved(forest, place), rows, table)


def _shares(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """[M, outputs, C] shares of the classes. Up to scikit-learn 1.3, leaves held their weights.

    Those are divided by their sum, or by 1 where that is 0, as predict_proba did at every row.
    """
    total = values.sum(axis=2, keepdims=True)
    # Shares add up to 1 but for rounding.
    if (np.abs(total - 1.0) < 1e-6).all():
        return values
    return np.asarray(values / np.where(total == 0.0, 1.0, total))


def tree_classes(scope: Scope, estimator: Any, shares: ir.Value) -> Prediction:
    """[N, K·C] shares of each class -> label and probability of each of the K outputs, the first of the greatest.

    A tree holds as many values for each output as the output with the most classes has; the rest are zeros.
    """
    if estimator.n_outputs_ == 1:
        return _classes_of(scope, shares)
    b = scope.builder
    stride = max(int(count) for count in estimator.n_classes_)
    several = []
    for number, (count, labels) in enumerate(zip(estimator.n_classes_, estimator.classes_, strict=True)):
        places = b.constant(np.arange(int(count), dtype=np.int64) + number * stride)
        own = _classes_of(scope, b.op("Gather", shares, places, axis=1))
        several.append(replace(own, classes=tuple(plain(label) for label in labels)))
    return Prediction(several=tuple(several))


def _classes_of(scope: Scope, shares: ir.Value) -> Prediction:
    return Prediction(index=argmax(scope, shares), scores=shares, rule="argmax", probability=shares)
