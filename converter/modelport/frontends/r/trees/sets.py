"""Sets of factor levels on which nodes split, from the bit masks in which packages keep them."""

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import Sets

__all__ = ["bit_sets", "table_sets", "without_sets"]

_BITS = 64


def bit_sets(masks: npt.NDArray[np.uint64], widths: npt.NDArray[np.int64], asked: npt.NDArray[np.bool_]) -> Sets | None:
    """The sets of the nodes that are ``asked``: level k + 1 is a member where bit k of the node's mask is set.

    Shapes: all [M]; only the lowest ``widths`` bits of a mask count. None where no node is asked.
    """
    if not asked.any():
        return None
    limits = np.clip(widths[asked], 0, _BITS).astype(np.uint64)
    full = np.where(limits < _BITS, (np.uint64(1) << (limits % np.uint64(_BITS))) - np.uint64(1), np.uint64(2**64 - 1))
    found, place = np.unique(masks[asked] & full, return_inverse=True)
    table = (found[:, None] >> np.arange(_BITS, dtype=np.uint64)) & np.uint64(1)
    index = np.full(len(masks), -1, dtype=np.int32)
    index[asked] = place.ravel()
    return table_sets(table.astype(np.bool_), index)


def table_sets(table: npt.NDArray[np.bool_], index: npt.NDArray[np.int32]) -> Sets:
    """Sets given as a table [S, L]: level k + 1 is a member of set s where column k of its row is true."""
    number, level = np.nonzero(table)
    starts = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(table)))])
    return Sets(index.astype(np.int32), starts.astype(np.int64), (level + 1).astype(np.int64))


def without_sets(count: int) -> npt.NDArray[np.int32]:
    """The index of ``count`` nodes that all compare with a threshold."""
    return np.full(count, -1, dtype=np.int32)
