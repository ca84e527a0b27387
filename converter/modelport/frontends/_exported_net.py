"""What a front end of nets has when it needs its framework no longer but to ask it; made here or in the user's interpreter.

This file and those that make one (``source.py`` of a front end, and what that imports) are read in other environments too:
they import the framework and NumPy, and of modelport only what needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensors
    from modelport.evidence.tensor_oracle import TensorOracle

__all__ = ["ExportedNet"]


@dataclass(frozen=True)
class ExportedNet:
    """The exporter's graph as it is, and the original.

    ``model`` has the inputs of ``sample`` and then ``outputs``, in that order, under names of its own. ``axes`` is
    {input: {axis: symbol}}, None where the graph's own shapes say which are open. ``limits`` holds the least and greatest length of
    (input, axis) where the source says them, ``halves`` the outputs that the original gives in half precision, each
    'float16' or 'bfloat16'. ``scopes`` tells which layer of the source ran in each scope of names of
    the graph's nodes, ``makers`` which made an output. ``weights`` are the numbers of inputs that ``model``
    has beyond those of ``sample``, by their names there, each with its name in the source: weights too large for the exporter.
    ``packages`` are the versions that matter, the framework's own first.
    """

    # Any: a model of onnx_ir, or of what goes by that name in older packages, or one of onnx.
    model: Any
    oracle: TensorOracle
    sample: Tensors
    outputs: Sequence[str]
    axes: Mapping[str, Mapping[int, str]] | None
    kind: str
    packages: Mapping[str, str]
    limits: Mapping[tuple[str, int], tuple[int, int | None]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    halves: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
