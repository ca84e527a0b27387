"""How far a quantized net may lie from its original: every rounding to a few bits may fall to the other side.

Programs that run the same quantized net round each tensor to the same integers, but not by the same arithmetic: one multiplies
in float32, another by a fixed-point number and rounds twice. A number near the middle between two integers then goes to
either, and the step that it is off is carried on. Where the roundings are left out, each number is off by up to half a step.
Both are found as in ``evidence/rounding.py``, by chance: a twin of the graph, made by the front end, in which each rounding
errs, is run several times. Equal values err alike there, as they do in a rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from modelport.evidence.cases import Tensor, TensorAnswer, Tensors
from modelport.evidence.rounding import Rounding, typical_spread
from modelport.ir.graph_proto import small_proto
from modelport.ir.session import open_session, run

__all__ = ["StepRounding", "Twin"]

_RUNS = 8


@dataclass(frozen=True)
class Twin:
    """A graph with the same inputs and outputs in which roundings err; each run draws other errors.

    ``outputs`` are those that are rounded last of all, each with what one step of it is: their own rounding need not err in the
    twin, and is one step more. ``deviations``: how many standard deviations are accepted, and ``reason`` why.
    """

    model: ir.Model
    outputs: Mapping[str, float]
    deviations: float
    reason: str


class StepRounding:
    """States the bound of each number of a quantized net's outputs; integers that stand for numbers are counted in steps."""

    def __init__(self, rounding: Rounding, twin: Twin) -> None:
        self.reason = twin.reason
        self.of_half = rounding.of_half
        self._twin = twin
        self._rounding = rounding
        self._session = open_session(small_proto(twin.model).SerializeToString())

    def answers(self, inputs: Tensors, expected: Tensors, names: Sequence[str]) -> dict[str, TensorAnswer]:
        """Returns the original's outputs with the bound of each number.

        Shapes: those of the outputs. Whole numbers that stand for none (a place, a class) must be the same, unless a rounding
        alone can change them.
        """
        plain = self._rounding.answers(inputs, expected, names)
        if any(not value.size for value in inputs.values()):
            return plain
        runs = [run(self._session, inputs, names) for _ in range(_RUNS)]
        return {name: self._answer(name, plain[name], [one[name] for one in runs]) for name in names}

    def widened(
        self, answers: Mapping[str, TensorAnswer], inputs: Tensors, names: Sequence[str]
    ) -> dict[str, TensorAnswer]:
        """Returns them as they are: here equal numbers err alike from the start."""
        del inputs
        return {name: answers[name] for name in names}

    def _answer(self, name: str, plain: TensorAnswer, runs: Sequence[Tensor]) -> TensorAnswer:
        expected = plain.expected
        if any(one.shape != expected.shape for one in runs):
            # What is found depends on a rounding, even how much of it.
            return TensorAnswer(expected, np.full(expected.shape, np.inf))
        steps = name in self._twin.outputs
        if expected.dtype.kind != "f" and not steps:
            moved = np.any([one != runs[0] for one in runs], axis=0)
            return TensorAnswer(expected, np.where(moved, np.inf, plain.bound))
        values = np.stack([one.astype(np.float64) for one in runs])
        with np.errstate(all="ignore"):
            spread = values.std(axis=0, ddof=1)
            spread[~np.isfinite(spread)] = 0.0
            reach = self._twin.deviations * np.maximum(spread, typical_spread(spread))
        if steps and expected.dtype.kind != "f":
            return TensorAnswer(expected, 1.0 + np.floor(reach))
        return TensorAnswer(expected, plain.bound + reach + self._twin.outputs.get(name, 0.0))
