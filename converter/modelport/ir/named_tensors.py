"""Turns what a caller gives (a dict, a sequence, one array) into arrays by the names of a net's inputs."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingColumnError, TensorError, did_you_mean

__all__ = ["named_tensors", "shape_text"]

Array = npt.NDArray[np.generic]

_WHERE = "the tensors given"


def named_tensors(data: object, names: Sequence[str]) -> dict[str, Array]:
    """Returns {input name: array}. A sequence is taken in the order of ``names``, one array for the only input.

    Raises: MissingColumnError naming every input that is not there; TensorError for unknown ones.
    """
    if isinstance(data, Mapping):
        given = {str(name): _array(value) for name, value in data.items()}
    elif isinstance(data, list | tuple) and len(names) > 1:
        if len(data) != len(names):
            raise TensorError(
                f"{len(data)} tensors, the model takes {len(names)}",
                where=_WHERE,
                fix=f"give a dict of arrays by name: {', '.join(names)}",
            )
        given = {name: _array(value) for name, value in zip(names, data, strict=True)}
    else:
        given = {names[0]: _array(data)} if names else {}
    absent = [name for name in names if name not in given]
    unknown = [name for name in given if name not in names]
    if absent:
        raise MissingColumnError(
            f"{len(absent)} input(s) missing: {', '.join(map(repr, absent))}",
            where=_WHERE,
            fix=_renamed(unknown, absent),
        )
    if unknown:
        raise TensorError(
            f"the model has no input {', '.join(map(repr, unknown))}",
            where=_WHERE,
            fix=_renamed(unknown, names),
        )
    return {name: given[name] for name in names}


def _renamed(unknown: Sequence[str], names: Sequence[str]) -> str:
    """What was given under a name that is nearly one of those, or else what they are."""
    near = [f"{name!r}: {did_you_mean(name, names)}" for name in unknown if get_close_matches(name, names)]
    return "; ".join(near[:5]) or f"give what is called {', '.join(names)}"


def shape_text(shape: Sequence[int | str]) -> str:
    """'[batch, 3, 224, 224]'."""
    return f"[{', '.join(map(str, shape))}]"


# Any: tensors of every framework offer one of these.
def _array(value: Any) -> Array:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    array: Array = np.asarray(value)
    # Of texts that are not yet in an array, an array of dtype str would lose the U+0000 at their end.
    return array if array.dtype.kind not in "US" or hasattr(value, "dtype") else np.asarray(value, dtype=object)
