"""Vectors that R stores as a recipe (ALTREP): sequences, numbers shown as text, wrappers; of others the state is kept.

Source: R's altclasses.c, the Serialized_state and Unserialize methods of each class. A package's class that is not known
here, and a memory-mapped file, gives the state that was saved for it.
"""

from collections.abc import Callable

import numpy as np

from modelport.frontends.r.serialize.limits import TEXT_BYTES, Budget
from modelport.frontends.r.serialize.objects import RList, RObject, RPairs, RStrings, RVector
from modelport.frontends.r.serialize.refusals import damaged

__all__ = ["expand"]

_NA = -(2**31)
_DIGITS = 15


def expand(name: str, state: RObject, budget: Budget) -> RObject:
    """The vector that a class of this name makes of its state."""
    known = _CLASSES.get(name)
    if known is not None:
        return known(state, budget)
    return _parts(state)[0] if name.startswith("wrap_") and _parts(state) else state


def _parts(state: RObject) -> list[RObject]:
    return state.values if isinstance(state, RPairs | RList) else []


def _sequence(state: RObject, budget: Budget) -> tuple[int, float, float]:
    values = state.values.tolist() if isinstance(state, RVector) and state.kind == "double" else []
    if len(values) != 3 or not all(np.isfinite(values)) or values[0] < 0 or values[0] != int(values[0]):
        raise damaged(f"a stored sequence of {values[:3]} is none", budget.where)
    budget.take(8 * int(values[0]))
    return int(values[0]), values[1], values[2]


def _integers(state: RObject, budget: Budget) -> RObject:
    count, first, step = _sequence(state, budget)
    last = first + step * (count - 1)
    if first != int(first) or step not in (1, -1) or not -(2**31) < min(first, last) <= max(first, last) < 2**31:
        raise damaged(f"a stored sequence of {count} integers from {first} by {step} is none", budget.where)
    return RVector("integer", np.arange(count, dtype=np.int32) * np.int32(step) + np.int32(first))


def _reals(state: RObject, budget: Budget) -> RObject:
    count, first, step = _sequence(state, budget)
    # R's own order: n1 + inc * i, in double.
    return RVector("double", first + step * np.arange(count, dtype=np.float64))


def _texts(state: RObject, budget: Budget) -> RObject:
    parts = _parts(state)
    numbers = parts[0] if parts else state
    if not isinstance(numbers, RVector) or numbers.kind not in ("integer", "double"):
        raise damaged(f"numbers shown as text are stored as {numbers.describe()}", budget.where)
    given = parts[1] if len(parts) > 1 else None
    penalty = int(given.values[0]) if isinstance(given, RVector) and len(given) else 0
    budget.take(TEXT_BYTES * len(numbers))
    if numbers.kind == "integer":
        return RStrings([None if value == _NA else str(value) for value in numbers.values.tolist()])
    missing = np.isnan(numbers.values) & (numbers.values.view(np.uint64) & 0xFFFFFFFF == 1954)
    return RStrings(
        [None if na else _shown(value, penalty) for value, na in zip(numbers.values.tolist(), missing, strict=True)]
    )


def _shown(value: float, penalty: int) -> str:
    """A double as R's as.character shows it: at most 15 digits, fixed where that is no wider than with an exponent."""
    if value != value:
        return "NaN"
    if np.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    if value == 0:
        return "0"
    mantissa, power = f"{value:.{_DIGITS - 1}e}".split("e")
    exponent = int(power)
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    digits = len(mantissa.lstrip("-").replace(".", ""))
    after = max(0, digits - exponent - 1)
    fixed_width = max(1, exponent + 1) + (after + 1 if after else 0)
    exponent_width = digits + (digits > 1) + (4 if abs(exponent) < 100 else 5)
    if fixed_width <= exponent_width + penalty:
        return f"{value:.{after}f}"
    return f"{mantissa}e{exponent:+03d}"


_CLASSES: dict[str, Callable[[RObject, Budget], RObject]] = {
    "compact_intseq": _integers,
    "compact_realseq": _reals,
    "deferred_string": _texts,
}
