"""Binds a sample to the parameters of a Python function: a dict by name, a tuple in their order, or the first one's own value."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelport.errors import SampleError, did_you_mean

__all__ = ["bound", "parameters"]

# What Keras gives to call() itself.
_OWN = ("training", "mask")
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)


# Any: functions, and arrays in structures.
def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters that take tensors and have a name."""
    found = inspect.signature(function).parameters.values()
    return [one for one in found if one.kind in _NAMED and one.name not in _OWN]


def bound(function: Callable[..., Any], data: object, where: str) -> dict[str, Any]:
    """Returns the values by parameter, in the order of the parameters.

    A dict whose keys are no parameters is the value of the first one: models take dicts. Raises: SampleError.
    """
    named = parameters(function)
    names = [one.name for one in named]
    if not names:
        raise SampleError(
            "the model takes no tensor that has a name", where=where, fix="give its function parameters with names"
        )
    wanted = [one.name for one in named if one.default is inspect.Parameter.empty]
    if isinstance(data, Mapping):
        given = {str(name): value for name, value in data.items()}
        if not set(given) <= set(names):
            given = _of_first(given, names, wanted)
    elif isinstance(data, tuple):
        given = dict(zip(names, data, strict=False))
        if len(data) > len(names):
            raise SampleError(f"{len(data)} tensors for {_listed(names)}", where="--data", fix="give one for each")
    else:
        given = {names[0]: data}
    absent = [name for name in wanted if name not in given]
    if absent:
        raise SampleError(
            f"the sample lacks {_listed(absent)}", where="--data", fix=f"give arrays by name: {_listed(names)}"
        )
    return {name: given[name] for name in names if name in given}


def _of_first(given: dict[str, Any], names: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    first = names[0]
    places = [f"{first}_{place}" for place in range(len(given))]
    if sorted(given) == sorted(places):
        return {first: [given[place] for place in places]}
    unknown = [name for name in given if name not in names]
    if len(wanted) > 1 or len(unknown) < len(given):
        raise SampleError(
            f"the model takes no {_listed(unknown)}",
            where="--data",
            fix="; ".join(f"{name!r}: {did_you_mean(name, names)}" for name in unknown),
        )
    return {first: given}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
