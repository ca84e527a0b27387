"""Emits a LightGBM model: the raw sums of its trees, and what its objective makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest
from modelport.readers.lightgbm.columns import CATEGORY, ZERO_THRESHOLD, Reading, read_columns, ways
from modelport.readers.lightgbm.forest import make_forest, set_members, set_numbers
from modelport.readers.lightgbm.linear import linear_sums
from modelport.readers.lightgbm.links import Link, converted
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["Predicted", "compared", "emit", "landmarks"]

# How many categories of one feature are probed.
_PROBED = 400


@dataclass(frozen=True)
class Predicted:
    """``raw`` and ``output`` [N, K]: Booster.predict with and without raw_score; the forests read columns of features.

    ``origins``: for the tensor that a forest reads, the model's feature behind each of its columns.
    """

    raw: ir.Value
    output: ir.Value
    forests: tuple[Forest, ...]
    origins: Mapping[str, tuple[int | None, ...]]


def emit(builder: GraphBuilder, model: LightGBMModel, link: Link, rows: ir.Value) -> Predicted:
    """Shapes: rows [N, F] float64 -> raw, output [N, K], K trees in an iteration.

    Numerics: raw sums are exact; outputs within the stated ULP of exp and log. A random forest's raw score is the sum
    of its trees; only its prediction is divided by their number (GBDT::Predict).
    """
    b = builder
    reading = read_columns(b, model, rows)
    if not model.iterations:
        nothing = b.op("Gather", rows, b.constant(np.zeros(model.per_iteration, dtype=np.int64)), axis=1)
        yes, zero = b.constant(np.array([True])), b.constant(np.array([0.0]))
        raw = b.op("Where", yes, zero, nothing, dtype=ir.DataType.DOUBLE)
        return Predicted(raw, _output(b, model, link, raw), (), {})
    if model.linear is not None:
        forest, raw = linear_sums(b, model, model.linear, rows, reading)
    else:
        target = np.tile(np.arange(model.per_iteration, dtype=np.int32), model.iterations)
        forest = make_forest("LightGBM", model, reading, model.leaf_value, target)
        raw = lower_forest(b, forest, reading.rows)
    return Predicted(raw, _output(b, model, link, raw), (forest,), {forest.tensor: _origins(reading)})


def _output(b: GraphBuilder, model: LightGBMModel, link: Link, raw: ir.Value) -> ir.Value:
    if model.averaged:
        # A true division by a whole number, as there.
        raw = b.op("Div", raw, b.constant(np.asarray(float(model.iterations))))
    return converted(b, raw, link)


def compared(b: GraphBuilder, model: LightGBMModel, probability: ir.Value) -> ir.Value:
    """[N, C]: what an argmax of numpy sees. It takes NaN, which linear leaves make of infinities, for the greatest."""
    if model.linear is None or model.per_iteration == 1:
        return probability
    missing = b.op("IsNaN", probability, dtype=ir.DataType.BOOL)
    return b.op("Where", missing, b.constant(np.asarray(np.inf)), probability, dtype=ir.DataType.DOUBLE)


def _origins(reading: Reading) -> tuple[int | None, ...]:
    return tuple(int(feature) for feature in reading.features)


def landmarks(model: LightGBMModel) -> dict[int, tuple[float, ...]]:
    """Values of each feature near which the model may turn, beside its thresholds: around zero, and of categories."""
    tiny = (ZERO_THRESHOLD, -ZERO_THRESHOLD, 0.0)
    way = ways(model)
    found: dict[int, tuple[float, ...]] = {int(f): tiny for f in np.unique(model.feature[way != CATEGORY])}
    if model.linear is not None:
        found |= {int(f): tiny for f in np.unique(model.linear.feature)}
    for feature in np.unique(model.feature[way == CATEGORY]):
        seen = _members(model, int(feature))
        whole = np.unique(np.concatenate([seen[:_PROBED], [seen.max(initial=0) + 1, 31, 32, 2**31]]))
        # Fractions are cut off: -0.5 is category 0, and so is 0.999…
        found[int(feature)] = tuple(float(v) for v in [*whole, *(whole[: _PROBED // 4] + 0.5), -0.5, -1.0, -2.0, 1e18])
    return found


def _members(model: LightGBMModel, feature: int) -> npt.NDArray[np.int64]:
    """The categories that fit() saw of a feature, and those that stand in a set of one of its splits."""
    info = model.infos[feature]
    seen = [int(part) for part in info.split(":") if part.isdigit()] if not info.startswith("[") else []
    starts, members = set_members(model)
    numbers = np.unique(set_numbers(model)[model.feature == feature])
    parts = [members[starts[number] : starts[number + 1]] for number in numbers[numbers >= 0]]
    return np.unique(np.concatenate([np.array(seen, dtype=np.int64), *parts]))
