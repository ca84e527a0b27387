"""Names of the tensors that nets take and give: places in structures joined by underscores, each name once."""

from collections.abc import Sequence
from typing import TypeVar

from modelport.errors import ConfigError, did_you_mean

__all__ = ["apart", "called", "check_outputs", "unique"]

T = TypeVar("T")


def called(place: str, single: str) -> str:
    """The name of a tensor at a place in a structure; a structure that is one tensor is called ``single``."""
    if not place:
        return single
    return f"{single}_{place}" if place[0].isdigit() else place


def unique(named: Sequence[tuple[str, T]]) -> list[tuple[str, T]]:
    """The same values, each under a name of its own: later ones get a count behind theirs."""
    seen: dict[str, int] = {}
    found: list[tuple[str, T]] = []
    for name, value in named:
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append((f"{name}_{count}" if count else name, value))
    return found


def apart(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The names of outputs, each with '_output' behind it where an input has that name: a graph has each once."""
    found: list[str] = []
    for name in names:
        while name in taken or name in found:
            name += "_output"
        found.append(name)
    return found


def check_outputs(names: Sequence[str], asked: tuple[str, ...] | None) -> None:
    """Raises: ConfigError for an output that is asked for and not there."""
    unknown = [name for name in asked or () if name not in names]
    if unknown:
        raise ConfigError(
            f"the model has no output {', '.join(map(repr, unknown))}",
            where="--outputs",
            fix=did_you_mean(unknown[0], list(names)),
        )
