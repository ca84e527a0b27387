"""Emits a CatBoost model: one forest in float64 over float32 columns, then what its loss makes of the raw values."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest
from modelport.readers.boosted import Emission
from modelport.readers.catboost.columns import emit_columns, split_places
from modelport.readers.catboost.dictionary import Dictionary
from modelport.readers.catboost.links import classified, regressed
from modelport.readers.catboost.model import FLOAT, LEAF, ONE_HOT, CatBoostModel

__all__ = ["PredictionType", "emit"]

PredictionType = Literal["Class", "RawFormulaVal", "Exponent", "RMSEWithUncertainty"]


def emit(
    builder: GraphBuilder,
    model: CatBoostModel,
    values: Sequence[ir.Value],
    kind: PredictionType,
    name: str,
    dictionaries: Sequence[Dictionary] = (),
) -> Emission:
    """``values``: one matrix [N, F], or a column [N, 1] each. ``kind``: what the source's own predict() gives.

    Shapes: -> label [N], probability [N, C], score; or value [N] or [N, K], link.
    Numerics: numbers are rounded to float32 and compared with float32 borders; leaves are added in float64 in tree order,
    then scaled, then the bias is added: exact. Links by their bound.
    Source: catboost/libs/model/cpu/evaluator_impl.cpp and quantization.h, libs/eval_result/eval_helpers.cpp of 1.2.
    """
    b = builder
    rows, places = emit_columns(b, model, values, dictionaries)
    forest = _forest(model, str(rows.name), split_places(model, places), name)
    raw = lower_forest(b, forest, rows)
    if model.scale != 1.0:
        scaled = b.op("Mul", raw, b.constant(np.asarray(model.scale)))
        raw = b.op("Add", scaled, b.constant(model.bias)) if model.bias.any() else scaled
    given = classified(b, model, raw) if kind == "Class" else regressed(b, model, raw, kind)
    behind: list[int | None] = [None] * places.width
    for column, at in places.columns.items():
        behind[at] = column
    return Emission(given, (forest,), {forest.tensor: tuple(behind)})


def _forest(model: CatBoostModel, tensor: str, column: npt.NDArray[np.int32], name: str) -> Forest:
    """CatBoost asks x > border and goes right where it is so; the Forest asks x <= border and goes the other way.

    An answer is 1 or 0, so 0.5 parts them; answers and statistics are never missing.
    """
    trees, splits = model.trees, model.splits
    inner = trees.split != LEAF
    feature = np.full(len(trees.split), LEAF, dtype=np.int32)
    threshold = np.zeros(len(trees.split))
    missing = np.zeros(len(trees.split), dtype=np.bool_)
    if len(splits):
        border = np.where(splits.kind == ONE_HOT, 0.5, splits.border.astype(np.float64))
        number = splits.kind == FLOAT
        left = np.ones(len(splits), dtype=np.bool_)
        left[number] = ~model.nan_right[splits.feature[number]]
        own = trees.split[inner]
        feature[inner], threshold[inner], missing[inner] = column[own], border[own], left[own]
    return Forest(
        name=name,
        tensor=tensor,
        input_type="float32",
        roots=trees.roots,
        feature=feature,
        threshold=threshold,
        true_child=trees.left,
        false_child=trees.right,
        missing_true=missing,
        values=trees.values,
        base=model.bias if model.scale == 1.0 else np.zeros(model.dimensions),
        base_first=False,
    )
