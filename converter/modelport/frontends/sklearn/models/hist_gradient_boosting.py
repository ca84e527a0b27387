"""HistGradientBoosting: baseline plus the trees' leaves, in float64 throughout; NaN has its side at every split.

Categories are encoded first, as the source's own encoder does it; splits on them are sets of codes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import exp, flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._boosted import boosted_classes
from modelport.frontends.sklearn.models.column_transformer import column_indices
from modelport.ir.forest import LEAF, Forest, Sets
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.is_categorical_ is not None and getattr(estimator, "_preprocessor", None) is None:
        return ["categorical_features fitted before scikit-learn 1.4, which encoded no categories: fit it again"]
    return []


def _parts(estimator: Any) -> Parts:
    encoder = _encoder(estimator)
    return [] if encoder is None else [("encoder", encoder)]


def _readers(estimator: Any) -> Readers:
    preprocessor = getattr(estimator, "_preprocessor", None)
    if preprocessor is None:
        return []
    return [(preprocessor.named_transformers_["encoder"], np.flatnonzero(estimator.is_categorical_).tolist())]


def _encoder(estimator: Any) -> Any | None:
    preprocessor = getattr(estimator, "_preprocessor", None)
    return None if preprocessor is None else preprocessor.named_transformers_["encoder"]


def _prepared(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns:
    """The columns as the trees see them: the codes of all categories, then the numbers, float64."""
    encoder = _encoder(estimator)
    if encoder is None:
        return table
    chosen = [column_indices(columns, table, table.width) for _, _, columns in estimator._preprocessor.transformers_]
    codes: Columns = convert_part(scope, encoder, table.select(scope.builder, chosen[0]))
    numbers = table.select(scope.builder, chosen[1])
    scope.read_whole(numbers)
    return Columns.beside([codes, numbers] if chosen[1] else [codes])


def _sets(predictors: list[Any], joined: npt.NDArray[np.void]) -> Sets | None:
    """The categories that go left, a set for each categorical split, numbered on from tree to tree."""
    if not joined["is_categorical"].any():
        return None
    counts = [len(predictor.raw_left_cat_bitsets) for predictor in predictors]
    shift = np.repeat(np.cumsum([0, *counts])[:-1], [len(predictor.nodes) for predictor in predictors])
    index = np.where(joined["is_categorical"] & ~joined["is_leaf"].astype(np.bool_), joined["bitset_idx"] + shift, -1)
    bitsets = np.concatenate([predictor.raw_left_cat_bitsets for predictor in predictors])
    member = (bitsets[:, :, None] >> np.arange(32, dtype=np.uint32)) & 1
    which, category = np.nonzero(member.reshape(len(bitsets), -1))
    starts = np.searchsorted(which, np.arange(len(bitsets) + 1))
    return Sets(index.astype(np.int32), starts.astype(np.int64), category.astype(np.int64))


def _forest(name: str, estimator: Any, tensor: str) -> Forest:
    stages = estimator._predictors
    predictors = [predictor for stage in stages for predictor in stage]
    nodes: list[npt.NDArray[np.void]] = [predictor.nodes for predictor in predictors]
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
        sets=_sets(predictors, joined),
    )


def _log_link(estimator: Any) -> bool:
    return type(estimator._loss.link).__name__ == "LogLink"


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score; or value [N]. Sums exact, links by their bound.

    A category that fit() did not see is encoded as NaN, and so goes where missing values go.
    """
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    b = scope.builder
    if _encoder(estimator) is None:
        scope.read_whole(table)
    table = _prepared(scope, estimator, table, convert_part)
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
    parts=_parts,
    readers=_readers,
    refuse=_refuse,
    source="sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py and _predictor.pyx of 1.9",
)
