"""What a LightGBM tree does to a value before it compares it, as columns that a forest can read.

Each split says for itself how it takes missing values, so a feature may stand in several columns, one for each way:

    whole    |x| <= 1e-35 is 0 (src/c_api.cpp); NaN is 0 where nothing was missing in training
    zero     0 and NaN are missing
    nan      NaN is missing
    category the value cut to a whole number, -1 where it is NaN, negative or beyond int32

Source: include/LightGBM/tree.h of 4.7, NumericalDecision and CategoricalDecision; RowPairFunctionFromDenseMatric.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["CATEGORY", "ZERO_THRESHOLD", "Reading", "clean", "read_columns", "ways"]

_WHOLE, _ZERO, _NAN, CATEGORY = range(4)

# meta.h writes 1e-35f: the double is float32's nearest to it.
ZERO_THRESHOLD = float(np.float32(1e-35))

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """``rows`` [N, K]: what the splits read; ``features``: the model's feature behind each of its columns, ``ways`` how.

    ``column`` int64[M] is the column that each split reads.
    """

    rows: ir.Value
    features: Ints
    ways: Ints
    column: Ints


def ways(model: LightGBMModel) -> Ints:
    """int64[M]: how each split takes its value. In a tree without category sets the categorical bit is not looked at."""
    missing = (model.decision >> 2) & 3
    categorical = (model.decision & 1).astype(np.bool_) & np.repeat(model.sets > 0, model.leaves - 1)
    return np.where(categorical, CATEGORY, np.where(missing == 1, _ZERO, np.where(missing == 2, _NAN, _WHOLE)))


def clean(builder: GraphBuilder, rows: ir.Value) -> ir.Value:
    """[N, F] -> [N, F] with 0 for what the library takes for 0."""
    b = builder
    tiny = b.op("LessOrEqual", b.op("Abs", rows), b.constant(np.asarray(ZERO_THRESHOLD)), dtype=ir.DataType.BOOL)
    return b.op("Where", tiny, b.constant(np.asarray(0.0)), rows, dtype=ir.DataType.DOUBLE)


def read_columns(builder: GraphBuilder, model: LightGBMModel, rows: ir.Value) -> Reading:
    """Emits the columns that the model's splits read from ``rows`` [N, F] float64."""
    b = builder
    way = ways(model)
    keys, column = np.unique(way * len(model.names) + model.feature, return_inverse=True)
    pairs = np.stack(np.divmod(keys, len(model.names)))
    parts: list[ir.Value] = []
    for kind in np.unique(pairs[0]):
        own = b.op("Gather", rows, b.constant(pairs[1, pairs[0] == kind]), axis=1)
        if kind == _ZERO or (kind != CATEGORY and _near_zero(model.threshold[way == kind])):
            own = clean(b, own)
        parts.append(_taken(b, own, int(kind)))
    if not parts:
        # No split at all; the rows still say how many there are.
        return Reading(rows, np.arange(len(model.names)), np.full(len(model.names), _NAN), np.zeros(0, dtype=np.int64))
    joined = parts[0] if len(parts) == 1 else b.op("Concat", *parts, axis=1)
    joined.shape = ir.Shape(["N", pairs.shape[1]])
    return Reading(joined, pairs[1], pairs[0], column.ravel())


def _near_zero(threshold: npt.NDArray[np.float64]) -> bool:
    """Whether a value that becomes 0 may change sides: t in [-1e-35, 1e-35) parts it from 0."""
    return bool(((threshold >= -ZERO_THRESHOLD) & (threshold < ZERO_THRESHOLD)).any())


def _taken(b: GraphBuilder, own: ir.Value, kind: int) -> ir.Value:
    zero = b.constant(np.asarray(0.0))
    if kind == _WHOLE:
        missing = b.op("IsNaN", own, dtype=ir.DataType.BOOL)
        return b.op("Where", missing, zero, own, dtype=ir.DataType.DOUBLE)
    if kind == _ZERO:
        missing = b.op("Equal", own, zero, dtype=ir.DataType.BOOL)
        return b.op("Where", missing, b.constant(np.asarray(np.nan)), own, dtype=ir.DataType.DOUBLE)
    if kind == CATEGORY:
        known = b.op(
            "And",
            b.op("Greater", own, b.constant(np.asarray(-1.0)), dtype=ir.DataType.BOOL),
            b.op("Less", own, b.constant(np.asarray(2.0**31)), dtype=ir.DataType.BOOL),
        )
        # Cut towards zero as a C++ cast does it, so -0.5 is category 0. Casting what int32 does not hold is undefined
        # there; every processor gives a number that is in no set: the least int32, or the greatest.
        safe = b.op("Where", known, own, b.constant(np.asarray(-1.0)), dtype=ir.DataType.DOUBLE)
        return b.cast(b.cast(safe, ir.DataType.INT64), ir.DataType.DOUBLE)
    return own
