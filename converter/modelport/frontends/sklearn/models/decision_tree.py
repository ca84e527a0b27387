"""Decision trees and extra trees: the leaf of the row."""

from typing import Any

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._trees import sum_trees, tree_classes
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], or of K outputs label [N, K], probability_<k>; value [N] or [N, K].

    Numerics: exact.
    """
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    leaf = sum_trees(scope, kind, [estimator.tree_], table, classify=kind.endswith("Classifier"))
    if kind.endswith("Classifier"):
        return tree_classes(scope, estimator, leaf)
    return Prediction(value=flat(scope, leaf) if estimator.n_outputs_ == 1 else leaf)


MODEL = Model(
    classes=[
        "sklearn.tree.DecisionTreeClassifier",
        "sklearn.tree.DecisionTreeRegressor",
        "sklearn.tree.ExtraTreeClassifier",
        "sklearn.tree.ExtraTreeRegressor",
    ],
    convert=_convert,
    source="sklearn/tree/_classes.py and _tree.pyx of 1.9, predict, predict_proba, Tree._apply_dense",
    terms=True,
)
