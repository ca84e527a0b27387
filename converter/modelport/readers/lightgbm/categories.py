"""pandas category columns of LightGBM: which columns they are, and the code of each category.

The Python package replaces a category by its place in the list of fit(), and what is not in the list by NaN. The model
keeps the lists in column order, but not the columns.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Label
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["code_of", "kind_of", "pandas_columns"]

_LARGEST_EXACT = 2**53


def kind_of(categories: Sequence[Label]) -> str | None:
    """'text', 'number', or None where one list mixes kinds or holds numbers that a double cannot tell apart."""
    if all(isinstance(label, str) for label in categories):
        return "text"
    if any(isinstance(label, str) for label in categories):
        return None
    return "number" if all(abs(float(label)) <= _LARGEST_EXACT for label in categories) else None


def pandas_columns(model: LightGBMModel) -> tuple[int, ...] | None:
    """Returns the features that were pandas category columns, in order; None where the model leaves it open."""
    lists = model.pandas_categories or ()
    if not lists:
        return ()
    if len(model.categorical) == len(lists):
        return model.categorical
    fits = [[_fits(info, len(labels)) for labels in lists] for info in model.infos]

    @cache
    def ways(feature: int, number: int) -> int:
        """In how many ways the lists from ``number`` on go to the features from ``feature`` on."""
        if number == len(lists):
            return 1
        if len(lists) - number > len(fits) - feature:
            return 0
        here = ways(feature + 1, number + 1) if fits[feature][number] else 0
        return min(2, here + ways(feature + 1, number))

    for feature in range(len(fits), -1, -1):
        for number in range(len(lists), -1, -1):
            ways(feature, number)
    if ways(0, 0) != 1:
        return None
    found: list[int] = []
    for feature in range(len(fits)):
        number = len(found)
        if number < len(lists) and fits[feature][number] and ways(feature + 1, number + 1):
            found.append(feature)
    return tuple(found)


def _fits(info: str, count: int) -> bool:
    """Whether a feature with these values may be one of ``count`` codes: an ordered category is a plain number."""
    if info == "none":
        return True
    parts = info.strip("[]").split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        return False
    return all(value == int(value) and -1 <= value < count for value in values if np.isfinite(value))


def code_of(builder: GraphBuilder, value: ir.Value, categories: Sequence[Label]) -> ir.Value:
    """[N, 1] text or numbers -> [N, 1] float64: the place of the category, NaN where it is none. Exact."""
    b = builder
    if value.dtype == ir.DataType.STRING:
        known: ir.Value = b.constant([str(label) for label in categories])
    else:
        value = b.cast(value, ir.DataType.DOUBLE)
        known = b.constant(np.array([float(label) for label in categories]))
    if not categories:
        # Nothing equals nothing; but a comparison with no column at all has no greatest.
        known = b.constant(["\ue000none"]) if value.dtype == ir.DataType.STRING else b.constant(np.array([np.nan]))
    hits = b.cast(b.op("Equal", value, known, dtype=ir.DataType.BOOL), ir.DataType.DOUBLE)
    place = b.op("ArgMax", hits, dtype=ir.DataType.INT64, axis=1, keepdims=1, select_last_index=0)
    best = b.op("ReduceMax", hits, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    found = b.op("Greater", best, b.constant(np.asarray(0.5)), dtype=ir.DataType.BOOL)
    code = b.cast(place, ir.DataType.DOUBLE)
    return b.op("Where", found, code, b.constant(np.asarray(np.nan)), dtype=ir.DataType.DOUBLE)
