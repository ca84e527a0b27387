"""HistGradientBoosting: baseline plus the trees' leaves, in float64 throughout; NaN has its side at every split."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._boosted import boosted_classes
from modelport.frontends.sklearn.models._scores import exp, flat
from modelport.ir.forest import LEAF, Forest

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.is_categorical_ is not None and np.any(estimator.is_categorical_):
        return ["categorical_features: splits on sets of categories"]
    return []


def _forest(name: str, estimator: Any, tensor: str) -> Forest:
    stages = estimator._predictors
    nodes: list[npt.NDArray[np.void]] = [predictor.nodes for stage in stages for predictor in stage]
    starts = np.cumsum([0] + [len(n) for n in nodes])[:-1].astype(np.int64)
    joined = np.concatenate(nodes)
    shift = np.repeat(starts, [len(n) for n in nodes])
    leaf = joined["is_leaf"].astype(np.bool_)
    per_stage = len(stages[0])
    return Forest(
        name=name,
        tensor=tensor,
        input_type="float64",
        roots=starts,
        feature=np.where(leaf, LEAF, joined["feature_idx"]).astype(np.int32),
        threshold=joined["num_threshold"].astype(np.float64),
        true_child=np.where(leaf, -1, joined["left"] + shift).astype(np.int32),
        false_child=np.where(leaf, -1, joined["right"] + shift).astype(np.int32),
        missing_true=joined["missing_go_to_left"].astype(np.bool_),
        values=joined["value"].astype(np.float64).reshape(-1, 1),
        base=np.asarray(estimator._baseline_prediction, dtype=np.float64).ravel(),
        target=np.tile(np.arange(per_stage, dtype=np.int32), len(stages)),
    )


def _log_link(estimator: Any) -> bool:
    return type(estimator._loss.link).__name__ == "LogLink"


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score; or value [N]. Sums exact, links by their bound."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    b = scope.builder
    rows = b.cast(table.matrix(b), ir.DataType.DOUBLE)
    raw = scope.forest(_forest(kind, estimator, str(rows.name)), rows, table)
    if kind.endswith("Classifier"):
        return boosted_classes(scope, raw, binary=estimator.n_trees_per_iteration_ == 1)
    link = flat(scope, raw)
    return Prediction(value=exp(scope, link), link=link) if _log_link(estimator) else Prediction(value=link)


MODEL = Model(
    classes=[
        "sklearn.ensemble.HistGradientBoostingClassifier",
        "sklearn.ensemble.HistGradientBoostingRegressor",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py and _predictor.pyx of 1.9",
)
