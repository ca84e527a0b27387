"""Random forests and extra-trees forests: the mean of the trees, added one by one in tree order, then divided."""

from typing import Any

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._trees import sum_trees, tree_classes
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], or of K outputs label [N, K], probability_<k>; or value [N] or [N, K].

    Numerics: exact. A true division by the number of trees follows the sum: x·(1/n) differs in the last bit, and
    with it the ties at 0.5.
    """
    b = scope.builder
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    total = sum_trees(
        scope, kind, [tree.tree_ for tree in estimator.estimators_], table, classify=kind.endswith("Classifier")
    )
    mean = b.op("Div", total, b.constant(np.asarray(float(len(estimator.estimators_)))))
    if kind.endswith("Classifier"):
        return tree_classes(scope, estimator, mean)
    return Prediction(value=flat(scope, mean) if estimator.n_outputs_ == 1 else mean)


MODEL = Model(
    classes=[
        "imblearn.ensemble.BalancedRandomForestClassifier",
        "sklearn.ensemble.RandomForestClassifier",
        "sklearn.ensemble.RandomForestRegressor",
        "sklearn.ensemble.ExtraTreesClassifier",
        "sklearn.ensemble.ExtraTreesRegressor",
    ],
    convert=_convert,
    source="sklearn/ensemble/_forest.py of 1.9, predict, predict_proba, _accumulate_prediction",
    terms=True,
)
