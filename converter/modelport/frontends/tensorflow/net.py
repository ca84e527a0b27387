"""What a net is to this front end: a call of flat, named tensors, be it a Keras model, a function or a signature."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from modelport.frontends.tensorflow.structure import Flat

__all__ = ["Net", "Stated"]


@dataclass(frozen=True)
class Stated:
    """An input: its shape, None for lengths that callers choose, and its type as TensorFlow calls it."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


# Any: tensors, models and functions of TensorFlow.
@dataclass(frozen=True)
class Net:
    """``call`` takes tensors in the order of ``inputs`` and returns what the original does, ``named`` the tensors in that.

    ``states_shapes``: whether the shapes are the model's own words, or those of the sample. ``model``: a Keras layer whose
    parts can be watched. ``given``: the sample in the order of ``inputs``, where they were made of it.
    """

    kind: type
    inputs: tuple[Stated, ...]
    call: Callable[[Sequence[Any]], Any]
    named: Callable[[Any], Flat]
    states_shapes: bool
    model: Any = None
    given: tuple[Any, ...] | None = None
