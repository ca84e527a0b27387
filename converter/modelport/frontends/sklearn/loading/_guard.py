"""What a guard is: our own function that runs in place of one the stream calls, or checks a state before it is set."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Blank", "Call", "Pair", "RefusedError", "State"]

Pair = tuple[str, str]

Blank = Callable[[object, tuple[object, ...]], object]
"""Makes a blank instance of an allowed class, or a named tuple of these items, as the opcode NEWOBJ does."""

State = Callable[[object, object], None]
"""Checks a state and gives it to an object whose class restores itself in a way of its own."""


class RefusedError(Exception):
    """A name of the list is used in a way that is not: ``pair`` is the name, the text says how."""

    def __init__(self, pair: Pair, how: str) -> None:
        self.pair = pair
        super().__init__(how)


@dataclass(frozen=True)
class Call:
    """A call that a stream may make.

    ``run`` checks the arguments and does what the function does; ``is_value``: the name may also stand in the model
    as itself (a type), otherwise only a token of it ever lies on the stack; ``takes_state``: its result may be given
    a state afterwards.
    """

    run: Callable[[Blank, tuple[object, ...]], object]
    is_value: bool = False
    takes_state: bool = False
