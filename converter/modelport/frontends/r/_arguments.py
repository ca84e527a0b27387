"""Arguments of predict() that a caller chose, s = "lambda.min": made part of the object, and told to R as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from modelport.errors import ConfigError, did_you_mean
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, names

__all__ = ["Argument", "Chosen", "as_chosen", "count_up_to", "in_r", "said", "with_arguments", "with_elements"]

# A number where the text is one.
Chosen = float | str


@dataclass(frozen=True)
class Argument:
    """One argument of a class's predict().

    ``takes`` lists its values in words. ``put`` gives the object whose predict() does without the argument what that of the
    given one does with it; it raises ValueError where the value is none that ``takes`` lists.
    """

    takes: Callable[[RObject], str]
    put: Callable[[RObject, Chosen], RObject]


def as_chosen(value: object) -> Chosen:
    """The value of an argument as the command line, or Python, has it."""
    try:
        return float(str(value))
    except ValueError:
        return str(value)


def with_arguments(
    model: RObject, name: str, known: Mapping[str, Argument], given: Mapping[str, Chosen], where: str
) -> RObject:
    """The object with every argument put into it. Raises: ConfigError for one that the class does not take."""
    for key, value in given.items():
        if key not in known:
            listed = "; ".join(f"{key} ({argument.takes(model)})" for key, argument in known.items())
            raise ConfigError(
                f"predict() of {name} is asked with {key} = {said(value)}; it takes here {listed or 'no argument'}",
                where=f"--argument, {where}",
                fix=did_you_mean(key, sorted(known)) if known else "leave --argument out",
            )
        try:
            model = known[key].put(model, value)
        except ValueError as err:
            raise ConfigError(
                f"predict() of {name} is asked with {key} = {said(value)}",
                where=f"--argument, {where}",
                fix=f"give one that it takes: {known[key].takes(model)}",
            ) from err
    return model


def with_elements(model: RObject, **changed: RObject) -> RObject:
    """A copy of a list with some elements changed or added."""
    if not isinstance(model, RList):
        raise ValueError(f"a {model.describe()} has no elements to change")
    found = dict(zip(names(model), model.values, strict=True)) | changed
    attributes = dict(model.attributes) | {"names": RStrings(list(found))}
    return replace(model, values=list(found.values()), attributes=attributes, _by_name=None)


def count_up_to(value: Chosen, most: int) -> RVector:
    """A whole number from 1 to ``most``. Raises: ValueError."""
    if isinstance(value, str) or not value.is_integer() or not 1 <= value <= most:
        raise ValueError(f"{value} is no count up to {most}")
    return RVector("integer", np.array([int(value)], dtype=np.int32))


def said(value: Chosen) -> str:
    """The value in words."""
    return value if isinstance(value, str) else f"{value:.17g}"


def in_r(value: Chosen) -> str:
    """The value as R's parser reads it, without rounding."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:.0f}" if value.is_integer() else value.hex()
