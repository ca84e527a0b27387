"""The columns of a model that was fitted on a matrix: numbers, found by the names that its columns had."""

import re
from collections.abc import Sequence

import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable

__all__ = ["chosen_names", "make_name", "matrix_rows", "matrix_variables"]

_RESERVED = frozenset(
    "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ NA_character_ in".split()
)


def make_name(text: str) -> str:
    """make.names(): what is no letter, digit, dot or underscore becomes a dot, and a name starts like one."""
    starts_well = re.match(r"[^\W\d_]|\.(?!\d)", text)
    found = ("" if starts_well else "X") + re.sub(r"[^\w.]", ".", text)
    return found + "." if found in _RESERVED else found


def chosen_names(names: Sequence[str], count: int, hints: Hints) -> tuple[str, ...]:
    """The columns of a row for a matrix of ``count`` columns: its own names, or those that the sample gives it.

    data.frame() makes names of names, and X1, X2 … where there are none: where the sample has a name that is made into a
    column's, that is the column. A model that keeps no names takes columns by their place, as R's predict() does.
    """
    own = tuple(names) if len(names) == count else ()
    if not own or (own == tuple(f"X{k + 1}" for k in range(count)) and not any(name in hints for name in own)):
        return _by_place(count, hints)
    made: dict[str, list[str]] = {}
    for name in hints:
        made.setdefault(make_name(name), []).append(name)
    chosen = []
    for name in own:
        given = made.get(name, [])
        chosen.append(given[0] if name not in hints and len(given) == 1 else name)
    return tuple(chosen)


def _by_place(count: int, hints: Hints) -> tuple[str, ...]:
    """All columns of the sample, or all of numbers, where they are so many; else V1, V2 … as as.data.frame() names them."""
    named = [name for name in hints if name and not name.startswith("Unnamed:")]
    numbers = [name for name in named if hints[name] == "number"]
    for found in (named, numbers):
        if len(found) == count:
            return tuple(found)
    return tuple(f"V{k + 1}" for k in range(count))


def matrix_variables(names: Sequence[str]) -> list[Variable]:
    """One number a column."""
    return [Variable(name, "number") for name in names]


def matrix_rows(scope: Scope, names: Sequence[str]) -> ir.Value:
    """float64 [N, P]: the columns side by side, NaN for NA."""
    return concat(scope, [scope.number(name) for name in names])
