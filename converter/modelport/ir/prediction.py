"""What a model predicts, as values of a graph: the one form that readers and front ends hand on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import onnx_ir as ir

from modelport.ir.contract import Label, Task

__all__ = ["Prediction"]


@dataclass(frozen=True)
class Prediction:
    """What a model predicts, as graph values; None for what it does not give.

    ``index`` int64 [N]: position of the label in ``classes`` (None: the front end knows them); ``scores``, ``rule``,
    ``border`` and ``ties`` say how the label was decided (``ir.program.Decision``), ``places`` which class each score stands
    for, None where they are in the order of the classes. ``probability`` and ``score`` [N, C] or [N]; ``value`` [N] or
    [N, K]; ``link`` the value before the inverse link; ``transformed`` [N, M]; ``score_samples`` [N].
    ``several``: a classifier of K labels a row is K predictions, each with ``index`` and ``classes``; their
    probabilities become ``probability_<k>``; ``score`` stands beside them.
    ``task`` is what the model is where index and value do not tell; ``by_class``: a score [N, C] belongs to classes.
    ``table`` is ``transformed`` in the front end's own form of columns. ``named`` [N] are numbers that go by the source's own
    names: they are among the usual outputs.
    """

    index: ir.Value | None = None
    scores: ir.Value | None = None
    rule: Literal["argmax", "positive"] | None = None
    border: float = 0.0
    ties: Literal["first", "any"] = "first"
    places: tuple[int, ...] | None = None
    probability: ir.Value | None = None
    score: ir.Value | None = None
    value: ir.Value | None = None
    link: ir.Value | None = None
    transformed: ir.Value | None = None
    score_samples: ir.Value | None = None
    several: "tuple[Prediction, ...]" = ()
    classes: tuple[Label, ...] | None = None
    task: Task | None = None
    table: object = None
    by_class: bool = True
    named: Mapping[str, ir.Value] = field(default_factory=dict)

    @property
    def kind(self) -> Task:
        """What kind of model gives this."""
        if self.task is not None:
            return self.task
        return "classifier" if self.index is not None or self.several else "regressor"
