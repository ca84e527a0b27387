"""Cases: calls of a net, each a set of input tensors with the original's outputs and how far each number may lie away.

What ``evidence/vectors.py`` is for rows, this is for tensors; ``bundle/cases_io.py`` stores them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Contract

__all__ = ["Case", "Origin", "Tensor", "TensorAnswer", "Tensors"]

Tensor: TypeAlias = npt.NDArray[np.generic]
Tensors: TypeAlias = Mapping[str, Tensor]
# One of Vectors.ORIGINS.
Origin = Literal["probe", "synthetic", "sample"]


@dataclass(frozen=True)
class TensorAnswer:
    """What the original said for one output, and the largest distance accepted for each number of it.

    Shapes: both those of the output; ``bound`` is float64, 0 where the number must be the same, infinite where the
    original itself leaves it open (an index where two scores lie within the rounding of each other).
    """

    expected: Tensor
    bound: npt.NDArray[np.float64]

    def undefined(self) -> int:
        """How many numbers the original leaves open."""
        return int(np.isinf(self.bound).sum())


@dataclass(frozen=True)
class Case:
    """One call. ``name`` says what is odd about it ('batch 7', 'zeros'); ``answers`` holds each output by name."""

    name: str
    origin: Origin
    inputs: Tensors
    answers: Mapping[str, TensorAnswer]

    def rows(self, contract: Contract) -> int:
        """How many rows the call answers: the length of its batch, 1 where its inputs have none. A row is what is counted."""
        for tensor in contract.inputs:
            if tensor.shape and isinstance(tensor.shape[0], str):
                return len(self.inputs[tensor.name])
        return 1

    @staticmethod
    def count(cases: "Sequence[Case]", contract: Contract, origin: str) -> int:
        """How many rows of the cases are of that origin."""
        return sum(case.rows(contract) for case in cases if case.origin == origin)
