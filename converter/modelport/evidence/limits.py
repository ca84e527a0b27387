"""Finds how large a feature may grow before some number in the graph overflows: there the original refuses rows."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Feature
from modelport.ir.graph_proto import small_proto, with_forests
from modelport.ir.program import Program
from modelport.ir.row_check import feeds
from modelport.ir.rows import Column, Rows
from modelport.ir.session import open_watched, run

__all__ = ["finite_limits"]


def finite_limits(program: Program, features: Sequence[Feature], base: Rows) -> dict[str, float]:
    """Returns the largest magnitude of each feature, of either sign, that keeps every tensor finite.

    All features are searched together, one row each and sign, by halving the bits of a double.
    """
    if not features:
        return {}
    session, names = open_watched(small_proto(program.model), partial(with_forests, model=program.model))
    count = len(features)
    start = {f.name: i for i, f in enumerate(features)}

    def finite(magnitudes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        columns: dict[str, Column] = {}
        for name, column in base.columns.items():
            repeated = column.take(np.zeros(2 * count, dtype=np.int64))
            if name in start:
                values = repeated.values.copy()
                at = start[name]
                with np.errstate(over="ignore"):
                    values[at] = magnitudes[at]
                    values[at + count] = -magnitudes[at]
                repeated = Column(values, repeated.valid)
            columns[name] = repeated
        rows = Rows(columns, 2 * count)
        fed = feeds(rows, program.contract, np.ones(2 * count, dtype=np.bool_))
        good = np.ones(2 * count, dtype=np.bool_)
        for tensor in run(session, fed, names).values():
            if tensor.dtype.kind == "f" and tensor.ndim and tensor.shape[0] == 2 * count:
                good &= np.isfinite(tensor.reshape(2 * count, -1)).all(axis=1)
        return good[:count] & good[count:]

    low = np.zeros(count, dtype=np.int64)
    top = [np.finfo(np.float32 if f.dtype == "float32" else np.float64).max for f in features]
    high = np.array(top, dtype=np.float64).view(np.int64)
    while (high - low > 1).any():
        middle = low + (high - low) // 2
        good = finite(middle.view(np.float64))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return {f.name: float(low[i : i + 1].view(np.float64)[0]) for i, f in enumerate(features)}
