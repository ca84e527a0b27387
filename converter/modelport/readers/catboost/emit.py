"""Emits a CatBoost model: one forest in float64 over float32 columns, then what its loss makes of the raw values."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest
from modelport.readers.boosted import Emission, joined
from modelport.readers.catboost.links import classified, regressed
from modelport.readers.catboost.model import LEAF, CatBoostModel

__all__ = ["PredictionType", "emit"]

PredictionType = Literal["Class", "RawFormulaVal", "Exponent", "RMSEWithUncertainty"]


def emit(
    builder: GraphBuilder, model: CatBoostModel, values: Sequence[ir.Value], kind: PredictionType, name: str
) -> Emission:
    """``values``: one matrix [N, F], or a column [N, 1] each. ``kind``: what the source's own predict() gives.

    Shapes: -> label [N], probability [N, C], score; or value [N] or [N, K], link.
    Numerics: numbers are rounded to float32 and compared with float32 borders; leaves are added in float64 in tree order,
    then scaled, then the bias is added: exact. Links by their bound.
    Source: catboost/libs/model/cpu/evaluator_impl.cpp and quantization.h, libs/eval_result/eval_helpers.cpp of 1.2.
    """
    b = builder
    rows, place = _rows(b, model, values)
    forest = _forest(model, str(rows.name), place, name)
    raw = lower_forest(b, forest, rows)
    if model.scale != 1.0:
        scaled = b.op("Mul", raw, b.constant(np.asarray(model.scale)))
        raw = b.op("Add", scaled, b.constant(model.bias)) if model.bias.any() else scaled
    given = classified(b, model, raw) if kind == "Class" else regressed(b, model, raw, kind)
    behind: list[int | None] = [None] * len(place)
    for column, at in place.items():
        behind[at] = column
    return replace(given, forests=(forest,), origins={forest.tensor: tuple(behind)})


def _rows(b: GraphBuilder, model: CatBoostModel, values: Sequence[ir.Value]) -> tuple[ir.Value, dict[int, int]]:
    """The columns that the forest reads, rounded as in the source, and the place of each of the model's columns."""
    if len(values) == 1:
        matrix = values[0]
        place = {column: column for column in range(len(model.names))}
    else:
        used = [int(column) for column in model.float_columns]
        place = {column: at for at, column in enumerate(used)}
        matrix = joined(b, [values[column] for column in used], ir.DataType.FLOAT)
    return b.cast(b.cast(matrix, ir.DataType.FLOAT), ir.DataType.DOUBLE), place


def _forest(model: CatBoostModel, tensor: str, place: dict[int, int], name: str) -> Forest:
    """CatBoost asks x > border and goes right where it is so; the Forest asks x <= border and goes the other way."""
    trees, splits = model.trees, model.splits
    inner = trees.split != LEAF
    feature = np.full(len(trees.split), LEAF, dtype=np.int32)
    threshold = np.zeros(len(trees.split))
    missing = np.zeros(len(trees.split), dtype=np.bool_)
    if len(splits):
        columns = np.array([place[int(column)] for column in model.float_columns[splits.feature]], dtype=np.int32)
        feature[inner] = columns[trees.split[inner]]
        threshold[inner] = splits.border[trees.split[inner]].astype(np.float64)
        missing[inner] = ~model.nan_right[splits.feature[trees.split[inner]]]
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
