"""Finds in which interval of sorted borders a number lies, by halving, in few nodes and little memory."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope

__all__ = ["count_reached", "take_from_rows"]


def count_reached(scope: Scope, rows: ir.Value, borders: npt.NDArray[np.float64]) -> ir.Value:
    """Shapes: rows [N, F], borders [F, B] ascending, NaN at the end of shorter rows -> int64 [N, F]: borders <= x.

    Numerics: exact comparisons in float64, which float32 rows enter without rounding; NaN reaches no border.
    """
    b = scope.builder
    wide = b.cast(rows, ir.DataType.DOUBLE)
    features, count = borders.shape
    size = 1 << int(count).bit_length()
    padded = np.full((features, size), np.nan)
    padded[:, :count] = borders
    flat = b.constant(padded.ravel())
    offset = b.constant(np.arange(features, dtype=np.int64) * size)
    found: ir.Value | None = None
    step = size // 2
    while step:
        # Were `step` more borders reached, then that many below it are too: the last of them decides.
        last = b.constant(np.asarray(step - 1, dtype=np.int64))
        place = b.op("Add", offset, last) if found is None else b.op("Add", b.op("Add", found, offset), last)
        border = b.op("Gather", flat, place, axis=0, dtype=ir.DataType.DOUBLE)
        reached = b.op("GreaterOrEqual", wide, border, dtype=ir.DataType.BOOL)
        more = b.op("Mul", b.cast(reached, ir.DataType.INT64), b.constant(np.asarray(step, dtype=np.int64)))
        found = more if found is None else b.op("Add", found, more)
        step //= 2
    assert found is not None
    return found


def take_from_rows(scope: Scope, table: npt.NDArray[np.float64], index: ir.Value) -> ir.Value:
    """Shapes: table [F, B], index int64 [N, F] -> float64 [N, F]: table[f, index[:, f]]."""
    b = scope.builder
    features, size = table.shape
    place = b.op("Add", index, b.constant(np.arange(features, dtype=np.int64) * size))
    return b.op("Gather", b.constant(np.ascontiguousarray(table).ravel()), place, axis=0, dtype=ir.DataType.DOUBLE)
