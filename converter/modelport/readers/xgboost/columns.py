"""The columns that an XGBoost model reads: their names, and the codes of its categories."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import MISSING_STRING
from modelport.readers.boosted import BoostedColumn, joined
from modelport.readers.xgboost.model import XGBoostModel

__all__ = ["boosted_columns", "category_faults", "coded_rows", "without_zeros"]

_FLOAT = ir.DataType.FLOAT


def boosted_columns(model: XGBoostModel, missing: float = float("nan")) -> tuple[BoostedColumn, ...]:
    """The model's columns in order; x0, x1, … where it holds no names."""
    names = model.feature_names or tuple(f"x{i}" for i in range(model.n_features))
    marks = () if np.isnan(missing) else (float(missing),)
    found: list[BoostedColumn] = []
    members = _members(model)
    for index, (name, stored) in enumerate(zip(names, model.categories, strict=True)):
        if isinstance(stored, tuple):
            found.append(BoostedColumn(name, "text", stored))
        elif stored is not None:
            numbers = tuple(float(value) for value in stored)
            found.append(BoostedColumn(name, landmarks=(*numbers, *marks), numbers=numbers))
        else:
            found.append(BoostedColumn(name, landmarks=(*members.get(index, ()), *marks)))
    return tuple(found)


def _members(model: XGBoostModel) -> dict[int, tuple[float, ...]]:
    """The codes that appear in the splits of each column."""
    trees = model.trees
    if trees is None or trees.sets is None:
        return {}
    nodes = np.flatnonzero((trees.sets.index >= 0) & (trees.left >= 0))
    found: dict[int, tuple[float, ...]] = {}
    for column in np.unique(trees.feature[nodes]):
        own = nodes[trees.feature[nodes] == column]
        codes = np.unique(np.concatenate([trees.sets.of(int(number)) for number in trees.sets.index[own]]))
        found[int(column)] = tuple(float(code) for code in codes)
    return found


def category_faults(model: XGBoostModel) -> list[str]:
    """Stored categories that no code can be found for: XGBoost stores text by its length in characters, not bytes."""
    names = model.feature_names or tuple(f"x{i}" for i in range(model.n_features))
    cut = [
        name
        for name, stored in zip(names, model.categories, strict=True)
        if isinstance(stored, tuple) and not all(text.isascii() for text in stored)
    ]
    large = [
        name
        for name, stored in zip(names, model.categories, strict=True)
        if isinstance(stored, np.ndarray) and stored.size and max(abs(int(value)) for value in stored) > 2**53
    ]
    faults = []
    if cut:
        faults.append(
            f"categories of {', '.join(cut)} hold letters beyond ASCII, which XGBoost stores cut off: rename them"
        )
    if large:
        faults.append(
            f"categories of {', '.join(large)} exceed 2**53, which a double cannot tell apart: encode as text"
        )
    return faults


def coded_rows(
    b: GraphBuilder, model: XGBoostModel, values: Sequence[ir.Value], missing: float = float("nan")
) -> ir.Value:
    """Returns the columns as one float32 matrix [N, F] of numbers and category codes, NaN where missing.

    Numerics: numbers are rounded to float32 once; a ``missing`` value is compared after that, as XGBoost does it.
    """
    if any(stored is not None for stored in model.categories):
        values = [
            _coded(b, value, stored)
            for value, stored in zip(_single(b, values, model.n_features), model.categories, strict=True)
        ]
    rows = joined(b, values, _FLOAT)
    if not np.isnan(missing):
        given = b.op("Equal", rows, b.constant(np.asarray(missing), _FLOAT), dtype=ir.DataType.BOOL)
        rows = b.op("Where", given, b.constant(np.asarray(np.nan), _FLOAT), rows, dtype=_FLOAT)
    rows.shape = ir.Shape(["N", model.n_features])
    return rows


def without_zeros(b: GraphBuilder, values: Sequence[ir.Value]) -> list[ir.Value]:
    """NaN in the place of zeros, which sparse rows do not hold. A number that only rounds to zero is held."""
    found: list[ir.Value] = []
    for given in values:
        value = given if given.dtype in (_FLOAT, ir.DataType.DOUBLE) else b.cast(given, ir.DataType.DOUBLE)
        zero = b.op("Equal", value, b.constant(np.asarray(0.0), value.dtype), dtype=ir.DataType.BOOL)
        kept = b.op("Where", zero, b.constant(np.asarray(np.nan), value.dtype), value, dtype=value.dtype)
        kept.shape = given.shape
        found.append(kept)
    return found


def _single(b: GraphBuilder, values: Sequence[ir.Value], count: int) -> list[ir.Value]:
    """Each column as a value [N, 1]."""
    if len(values) == count:
        return list(values)
    return [b.op("Gather", value, b.constant(np.array([i])), axis=1) for value in values for i in range(_width(value))]


def _width(value: ir.Value) -> int:
    if value.shape is None or not isinstance(value.shape[1], int):
        raise TypeError("the width of the rows is not known")
    return value.shape[1]


def _coded(b: GraphBuilder, value: ir.Value, stored: tuple[str, ...] | npt.NDArray[np.integer] | None) -> ir.Value:
    """[N, 1] -> [N, 1] float32: the code of a category, NaN where it is missing; XGBoost refuses unknown ones."""
    if stored is None:
        return value
    if isinstance(stored, tuple):
        return b.op(
            "LabelEncoder",
            value,
            domain="ai.onnx.ml",
            dtype=_FLOAT,
            keys_strings=[*stored, MISSING_STRING],
            values_floats=[*(float(code) for code in range(len(stored))), float("nan")],
            default_float=float("nan"),
        )
    # Whole numbers: at most one place of the list is equal to the value; 1 is added so that 0 can stand for none.
    numbers = b.constant(stored.astype(np.float64).reshape(1, -1))
    hit = b.cast(b.op("Equal", b.cast(value, ir.DataType.DOUBLE), numbers, dtype=ir.DataType.BOOL), _FLOAT)
    places = b.op("Mul", hit, b.constant(np.arange(1, len(stored) + 1, dtype=np.float32).reshape(1, -1)))
    place = b.op("ReduceMax", places, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    none = b.op("Less", place, b.constant(np.asarray(0.5), _FLOAT), dtype=ir.DataType.BOOL)
    code = b.op("Sub", place, b.constant(np.asarray(1.0), _FLOAT))
    return b.op("Where", none, b.constant(np.asarray(np.nan), _FLOAT), code, dtype=_FLOAT)
