"""Makes the two tensors of a text step from a column of texts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.ir.text.analyzer import analyzer
from modelport.ir.text.step import TextStep

__all__ = ["token_tensors"]


def token_tensors(
    step: TextStep, texts: Sequence[str], usable: npt.NDArray[np.bool_], dtype: npt.DTypeLike
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.floating]]:
    """Returns ids and counts [N, L], L at least 1; a row that is not usable has no terms."""
    rows = [
        sorted(analyzer(step).counts(text).items()) if taken else [] for text, taken in zip(texts, usable, strict=True)
    ]
    longest = max((len(row) for row in rows), default=0)
    shape = (len(rows), max(1, longest))
    ids, counts = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=dtype)
    for index, row in enumerate(rows):
        if row:
            ids[index, : len(row)], counts[index, : len(row)] = zip(*row, strict=True)
    return ids, counts
