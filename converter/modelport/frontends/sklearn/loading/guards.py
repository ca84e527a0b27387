"""All guards together: which calls a stream may make, and how objects with a restoring method get their state."""

from collections.abc import Iterator, Mapping

import numpy as np

from modelport.frontends.sklearn.loading import boosting_parts, pandas_parts, random_parts, sklearn_parts, stdlib_parts
from modelport.frontends.sklearn.loading._guard import Call, Pair, State
from modelport.frontends.sklearn.loading.numpy_parts import (
    array_from_buffer,
    blank_array,
    blank_masked,
    dtype_from_args,
    scalar,
    set_array,
    set_masked,
)

__all__ = ["CALLS", "STAND_INS", "STATES", "VALUES", "call_of"]

STAND_INS: Mapping[Pair, type] = {**pandas_parts.STAND_INS, **sklearn_parts.STAND_INS}
"""Classes of which our own take the place; made without arguments, given a state as below."""

VALUES: frozenset[Pair] = random_parts.VALUES | {
    ("numpy", "matrix"),
    ("numpy", "ndarray"),
    ("numpy.ma", "MaskedArray"),
}
"""Names that calls take as arguments and that arrays are of; never called."""

CALLS: Mapping[Pair, Call] = {
    **stdlib_parts.CALLS,
    **random_parts.CALLS,
    **sklearn_parts.CALLS,
    **pandas_parts.CALLS,
    ("numpy", "dtype"): Call(lambda _, args: dtype_from_args(args), is_value=True),
    ("numpy._core.multiarray", "_reconstruct"): Call(lambda _, args: blank_array(args), takes_state=True),
    ("numpy._core.multiarray", "scalar"): Call(lambda _, args: scalar(args)),
    ("numpy._core.numeric", "_frombuffer"): Call(lambda _, args: array_from_buffer(args)),
    ("numpy.ma.core", "_mareconstruct"): Call(lambda _, args: blank_masked(args), takes_state=True),
}


def _set_array(target: object, state: object) -> None:
    if isinstance(target, np.ndarray):
        set_array(target, state)


def _set_masked(target: object, state: object) -> None:
    if isinstance(target, np.ma.MaskedArray):
        set_masked(target, state)


def _states() -> Iterator[tuple[Pair, State]]:
    for part in (stdlib_parts, random_parts, sklearn_parts, pandas_parts, boosting_parts):
        yield from part.STATES.items()
    yield ("numpy", "ndarray"), _set_array
    for module in ("numpy.ma", "numpy.ma.core"):
        yield (module, "MaskedArray"), _set_masked
    yield (stdlib_parts.Inert.__module__, "Inert"), lambda _, __: None


STATES: Mapping[Pair, State] = dict(_states())
"""By the class that defines ``__setstate__``. A class of the list that has another one is refused a state."""


def call_of(pair: Pair) -> Call | None:
    """The guard of a call of ``pair``, None when it may not be called while loading."""
    return CALLS.get(pair) or sklearn_parts.unpickle_call(pair)
