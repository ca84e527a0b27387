"""Matches the columns of a sample with those that a model was fitted on."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingColumnError, SampleError, did_you_mean

__all__ = ["matched", "respelled", "without_response"]

Array = npt.NDArray[np.generic]


def without_response(
    found: Mapping[str, Array], response: str | None, own: Collection[str], *, named: bool
) -> dict[str, Array]:
    """The columns but for the response, which stays where it is one of the model's ``own``.

    ``named``: whether the sample has names of its own. Raises: MissingColumnError.
    """
    if response is None or not named:
        return dict(found)
    if response not in found:
        raise MissingColumnError(
            f"there is no response column {response!r}", where="--response", fix=did_you_mean(response, sorted(found))
        )
    return {name: column for name, column in found.items() if name != response or name in own}


def matched(names: Sequence[str] | None, width: int, found: Mapping[str, Array], *, named: bool) -> dict[str, str]:
    """Returns {feature name: column of the sample}; names decide, positions only where nobody gave names.

    ``names`` and ``width`` are the model's, None where it knows no names; ``named``: whether the sample has names.
    Raises: MissingColumnError naming all columns, SampleError.
    """
    if names is not None and named:
        absent = [name for name in names if name not in found]
        if absent:
            raise MissingColumnError(
                f"the sample lacks {len(absent)} column(s) that the model was fitted on: "
                + ", ".join(map(repr, absent)),
                where="--data",
                fix="; ".join(f"{name!r}: {did_you_mean(name, sorted(found))}" for name in absent[:5]),
            )
        return {name: name for name in names}
    if len(found) != width:
        raise SampleError(
            f"the sample has {len(found)} columns, the model was fitted on {width}",
            where="--data",
            fix="give exactly the columns of fit(), in its order; name the response with --response to leave it out",
        )
    targets = names if names is not None else tuple(found) if named else [f"x{place}" for place in range(width)]
    return dict(zip(targets, found, strict=True))


def respelled(names: Sequence[str], given: Collection[str]) -> tuple[str, ...]:
    """The names as the sample spells them: LightGBM, and what holds it, keeps a blank as an underscore."""
    spelled = {name.replace(" ", "_"): name for name in given}
    return tuple(name if name in given else spelled.get(name, name) for name in names)
