"""Chooses the few vectors that a library carries for its own self-test."""

import numpy as np
import numpy.typing as npt

from modelport.evidence.vectors import LabelAnswer, Vectors

__all__ = ["MAX_ROWS", "self_test_rows"]

MAX_ROWS = 32


def self_test_rows(vectors: Vectors) -> npt.NDArray[np.int64]:
    """Returns at most MAX_ROWS row numbers, ascending: each status, class and missing feature, then an even spread.

    The first row that shows something new is taken, so the choice depends on nothing but the vectors.
    """
    chosen: list[int] = []
    for sights in (_statuses(vectors), *_labels(vectors), *_missing(vectors)):
        for value in np.unique(sights[sights >= 0]):
            row = int(np.flatnonzero(sights == value)[0])
            if row not in chosen:
                chosen.append(row)
    chosen = chosen[:MAX_ROWS]
    spread = np.linspace(0, max(len(vectors) - 1, 0), num=min(MAX_ROWS, len(vectors)), dtype=np.int64)
    for row in spread.tolist():
        if len(chosen) < MAX_ROWS and row not in chosen:
            chosen.append(row)
    return np.array(sorted(chosen), dtype=np.int64)


def _statuses(vectors: Vectors) -> npt.NDArray[np.int64]:
    return vectors.status.astype(np.int64)


def _labels(vectors: Vectors) -> list[npt.NDArray[np.int64]]:
    """The class of each row, one array for each label column; -1 where there is none."""
    columns: list[npt.NDArray[np.int64]] = []
    for answer in vectors.answers.values():
        if isinstance(answer, LabelAnswer):
            expected = answer.expected.astype(np.int64).reshape(len(vectors), -1)
            columns += [expected[:, column] for column in range(expected.shape[1])]
    return columns


def _missing(vectors: Vectors) -> list[npt.NDArray[np.int64]]:
    """1 where the feature is missing in a row that is predicted all the same, -1 elsewhere; one array a feature."""
    accepted = vectors.status == 0
    return [np.where(~column.valid & accepted, 1, -1) for column in vectors.rows.columns.values()]
