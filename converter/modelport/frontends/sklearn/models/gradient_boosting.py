"""GradientBoosting: initial prediction plus learning_rate times each tree, stage by stage."""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._boosted import boosted_classes
from modelport.frontends.sklearn.models._scores import flat
from modelport.frontends.sklearn.models._trees import concatenate_trees, float32_rows

__all__ = ["MODEL"]


def _constant_init(estimator: Any) -> bool:
    return estimator.init is None or (isinstance(estimator.init, str) and estimator.init == "zero")


def _refuse(estimator: Any) -> list[str]:
    reasons = []
    if not _constant_init(estimator):
        reasons.append(f"init={type(estimator.init).__name__}: an estimator as initial prediction")
    if getattr(estimator, "loss", "") == "exponential":
        reasons.append("loss='exponential'")
    return reasons


def _raw(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, K]: base, then the stages in order, class after class in each."""
    rows = float32_rows(scope, table)
    stages = estimator.estimators_
    trees = [tree.tree_ for stage in stages for tree in stage]
    targets = np.tile(np.arange(stages.shape[1], dtype=np.int32), stages.shape[0])
    # The source computes scale * leaf in float64 at every row; done once here, it is the same product.
    values = [estimator.learning_rate * tree.value.reshape(tree.node_count, 1) for tree in trees]
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    forest = concatenate_trees(kind, str(rows.name), trees, values, stages.shape[1])
    base = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_), dtype=np.float32))
    return scope.forest(replace(forest, base=base.ravel().astype(np.float64), target=targets), rows, table)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score; or value [N]. Sums exact, links by their bound."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    raw = _raw(scope, estimator, table)
    if kind.endswith("Regressor"):
        return Prediction(value=flat(scope, raw))
    # GradientBoosting takes class 1 at a raw sum of exactly 0, HistGradientBoosting does not.
    return boosted_classes(scope, raw, binary=estimator.estimators_.shape[1] == 1, at_zero=True)


MODEL = Model(
    classes=["sklearn.ensemble.GradientBoostingClassifier", "sklearn.ensemble.GradientBoostingRegressor"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/ensemble/_gb.py and _gradient_boosting.pyx of 1.9, _raw_predict, predict_stages",
)
