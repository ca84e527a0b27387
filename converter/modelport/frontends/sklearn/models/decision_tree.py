"""Decision trees and extra trees: the leaf of the row."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._scores import argmax, flat
from modelport.frontends.sklearn.models._trees import sum_trees

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.n_outputs_ > 1 and hasattr(estimator, "classes_"):
        return ["a classifier of several outputs"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C]; or value [N] or [N, K]. Exact."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    leaf = sum_trees(scope, kind, [estimator.tree_], table)
    if kind.endswith("Classifier"):
        return Prediction(index=argmax(scope, leaf), scores=leaf, rule="argmax", probability=leaf)
    return Prediction(value=flat(scope, leaf) if estimator.n_outputs_ == 1 else leaf)


MODEL = Model(
    classes=[
        "sklearn.tree.DecisionTreeClassifier",
        "sklearn.tree.DecisionTreeRegressor",
        "sklearn.tree.ExtraTreeClassifier",
        "sklearn.tree.ExtraTreeRegressor",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/tree/_classes.py and _tree.pyx of 1.9, predict, predict_proba, Tree._apply_dense",
)
