"""The sample as the model takes it: arrays by input name, in the types that the model states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from modelport.errors import SampleError
from modelport.frontends.tensorflow.net import Net, Stated
from modelport.ir.named_tensors import named_tensors, shape_text
from modelport.ir.texts import as_texts

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensor

__all__ = ["given_or_made", "needed"]

_MADE = "no sample was given: the proof is made with random normal numbers from a fixed seed"

_SEED = 20
_ROWS = 4
_KINDS = {"f": "fiub", "i": "iu", "u": "iu", "b": "b"}


def given_or_made(data: object, net: Net, where: str) -> tuple[dict[str, Tensor], list[str]]:
    """Returns the arrays by name, and a note where they were made here.

    They are made only where every input is of floats and states all lengths but the first: other values mean something.
    Raises: SampleError, and what ``named_tensors`` raises.
    """
    inputs = net.inputs
    if net.given is not None:
        pairs = zip(inputs, net.given, strict=True)
        return {stated.name: _typed(np.asarray(value), stated) for stated, value in pairs}, []
    if data is not None:
        given = named_tensors(data, [stated.name for stated in inputs])
        return {stated.name: _typed(given[stated.name], stated) for stated in inputs}, []
    if not inputs or not all(_is_plain(stated) for stated in inputs):
        raise SampleError(
            f"the model needs a sample: {needed(inputs)}",
            where=where,
            fix="give arrays of these shapes by name: --data inputs.npz",
        )
    rng = np.random.default_rng(_SEED)
    made: dict[str, Tensor] = {}
    for stated in inputs:
        first, *rest = stated.shape
        made[stated.name] = rng.normal(size=(first or _ROWS, *map(int, rest))).astype(_numpy(stated))  # type: ignore[arg-type]  # none is None
    return made, [_MADE]


def needed(inputs: Sequence[Stated]) -> str:
    """'x float32[?, 6], words int64[?, ?]'."""
    return ", ".join(
        f"{stated.name} {stated.dtype}{shape_text(['?' if d is None else d for d in stated.shape])}"
        for stated in inputs
    )


def _is_plain(stated: Stated) -> bool:
    return (
        stated.dtype in ("float32", "float64", "float16", "bfloat16")
        and bool(stated.shape)
        and None not in stated.shape[1:]
    )


def _numpy(stated: Stated) -> np.dtype[np.generic]:
    """NumPy has no bfloat16: the graph rounds float32 to it."""
    return np.dtype("float32" if stated.dtype == "bfloat16" else stated.dtype)


# Any: an array of any type.
def _typed(array: Any, stated: Stated) -> Tensor:
    fits = array.ndim == len(stated.shape) and all(
        wanted is None or wanted == length for wanted, length in zip(stated.shape, array.shape, strict=True)
    )
    text = array.dtype.kind in "OUS"
    if not fits or text != (stated.dtype == "string"):
        raise _unfit(array, stated)
    if text:
        return _texts(array, stated)
    wanted = _numpy(stated)
    if array.dtype != wanted and array.dtype.kind not in _KINDS.get(wanted.kind, ""):
        raise _unfit(array, stated)
    return np.ascontiguousarray(array.astype(wanted)).reshape(array.shape)


def _texts(array: Any, stated: Stated) -> Tensor:
    try:
        return as_texts(array)
    except ValueError as err:
        raise SampleError(
            f"the sample of {stated.name!r} holds what is no text: {err}",
            where="--data",
            fix="give texts: str, or bytes that are UTF-8",
        ) from err


def _unfit(array: Any, stated: Stated) -> SampleError:
    return SampleError(
        f"the sample of {stated.name!r} is {array.dtype}{shape_text(array.shape)}",
        where="--data",
        fix=f"give {needed([stated])}",
    )
