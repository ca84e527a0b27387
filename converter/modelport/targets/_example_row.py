"""Chooses the row that the example of a generated project shows: a plain one, as a caller would have it."""

import numpy as np
import numpy.typing as npt

from modelport.evidence.vectors import Column, Vectors
from modelport.ir.contract import Contract, Feature

__all__ = ["plain_row"]


def plain_row(contract: Contract, vectors: Vectors) -> int | None:
    """The first accepted row with most values usual; drawn rows go before probes. None when no row is accepted."""
    accepted = vectors.status == 0
    if not accepted.any():
        return None
    usual = np.zeros(len(vectors), dtype=np.int64)
    for feature in contract.features:
        usual += _usual(feature, vectors.rows.columns[feature.name])
    drawn = vectors.origin != Vectors.ORIGINS.index("probe")
    return int(np.argmax(np.where(accepted, 2 * usual + drawn, -1)))


def _usual(feature: Feature, column: Column) -> npt.NDArray[np.bool_]:
    """True where a value is there, finite, and one of those that the model knows, where it knows them."""
    known = feature.categories or feature.numbers
    if known is not None:
        return column.valid & np.isin(column.values, np.array(known, dtype=column.values.dtype))
    if column.values.dtype.kind != "f":
        return column.valid
    return column.valid & np.isfinite(column.values.astype(np.float64))
