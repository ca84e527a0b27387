"""Vectors: input rows with the oracle's answers, the accepted labels and the bound of every number.

Here they live in memory; ``bundle/vectors_io.py`` stores them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from modelport.ir.rows import BoolArray, Column, RowIndex, Rows

__all__ = ["Answer", "BoolArray", "Column", "FloatArray", "LabelAnswer", "NumberAnswer", "Rows", "Vectors"]

FloatArray: TypeAlias = npt.NDArray[np.floating]


@dataclass(frozen=True)
class LabelAnswer:
    """What the oracle said for a label output of C classes, by class index.

    Shapes: expected int32[N] or [N, K] (-1 where the row is refused); accepted bool[N, C] or [N, K, C]: the labels that
    count as right, more than one only where the source itself is undefined.
    """

    expected: npt.NDArray[np.int32]
    accepted: BoolArray

    def take(self, rows: RowIndex) -> "LabelAnswer":
        """Returns the given rows."""
        return LabelAnswer(self.expected[rows], self.accepted[rows])


@dataclass(frozen=True)
class NumberAnswer:
    """What the oracle said for a number output, and how far a target may lie from it.

    Shapes: expected, bound float64|float32[N] or [N, M]; expected is NaN where the row is refused.
    """

    expected: FloatArray
    bound: FloatArray

    def take(self, rows: RowIndex) -> "NumberAnswer":
        """Returns the given rows."""
        return NumberAnswer(self.expected[rows], self.bound[rows])


Answer: TypeAlias = LabelAnswer | NumberAnswer


@dataclass(frozen=True)
class Vectors:
    """Rows with answers.

    Shapes: status uint8[N] (ir.contract.Status); status_feature int32[N], the index of the feature that caused
    it, -1 when the status is OK; origin uint8[N], an index into ORIGINS.
    """

    ORIGINS = ("probe", "synthetic", "sample")

    rows: Rows
    answers: Mapping[str, Answer]
    status: npt.NDArray[np.uint8]
    status_feature: npt.NDArray[np.int32]
    origin: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return self.rows.count

    def take(self, rows: RowIndex) -> "Vectors":
        """Returns the given rows."""
        return Vectors(
            self.rows.take(rows),
            {name: answer.take(rows) for name, answer in self.answers.items()},
            self.status[rows],
            self.status_feature[rows],
            self.origin[rows],
        )

    def undefined(self) -> BoolArray:
        """bool[N]: rows whose label or numbers the source itself does not fix."""
        rows = np.zeros(len(self), dtype=np.bool_)
        for answer in self.answers.values():
            open_ = answer.accepted.sum(axis=-1) > 1 if isinstance(answer, LabelAnswer) else np.isinf(answer.bound)
            rows |= open_.reshape(len(rows), -1).any(axis=1) if len(rows) else rows
        return rows

    @staticmethod
    def concatenate(parts: "Sequence[Vectors]") -> "Vectors":
        """Stacks vectors of the same contract."""
        answers: dict[str, Answer] = {}
        for name, first in parts[0].answers.items():
            arrays = [vars(part.answers[name]).values() for part in parts]
            answers[name] = type(first)(*(np.concatenate(pair) for pair in zip(*arrays, strict=True)))
        return Vectors(
            Rows.concatenate([part.rows for part in parts]),
            answers,
            np.concatenate([part.status for part in parts]),
            np.concatenate([part.status_feature for part in parts]),
            np.concatenate([part.origin for part in parts]),
        )
