"""The Program: what a front end makes of a model, and what passes rewrite."""

from dataclasses import dataclass
from typing import Literal

import onnx_ir as ir

from modelport.ir.claims import Claim
from modelport.ir.contract import Contract
from modelport.ir.forest import Forest
from modelport.ir.provenance import Provenance

__all__ = ["Decision", "Program"]


@dataclass(frozen=True)
class Decision:
    """How a label output follows from scores, so that rows with an undefined label can be told.

    ``scores`` names a tensor of the front end's graph: [N, C] for 'argmax' (first of equals wins), [N] or [N, 1]
    for 'positive' (class 1 where the score exceeds ``border``). ``column`` is the column of a label [N, K] that is
    decided, None of a label [N]; ``classes`` maps each score to its place among the output's classes. ``ties``: 'any' where
    the source draws lots among equal greatest scores, so that each of them counts as right.
    """

    output: str
    scores: str
    rule: Literal["argmax", "positive"]
    column: int | None = None
    classes: tuple[int, ...] | None = None
    border: float = 0.0
    ties: Literal["first", "any"] = "first"


@dataclass(frozen=True)
class Program:
    """An onnx_ir model, the forests it refers to, its contract and its provenance.

    ``origins`` maps a tensor [N, K] that a forest reads to the one feature behind each column, None where several or
    no features are: probes are searched along it. ``claims`` state the error of values that several nodes make.
    """

    model: ir.Model
    contract: Contract
    provenance: Provenance
    forests: tuple[Forest, ...] = ()
    decisions: tuple[Decision, ...] = ()
    origins: dict[str, tuple[str | None, ...]] | None = None
    landmarks: dict[str, tuple[float, ...]] | None = None
    claims: tuple[Claim, ...] = ()
