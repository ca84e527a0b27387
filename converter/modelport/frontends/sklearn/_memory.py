"""What is read out of an estimator once in a conversion, although several steps of it ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

__all__ = ["once", "remembered"]

Value = TypeVar("Value")
_MEMORY: ContextVar[dict[int, Any] | None] = ContextVar("_MEMORY", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """One conversion, in which ``once`` computes nothing twice: no estimator changes while it lasts."""
    token = _MEMORY.set({})
    try:
        yield
    finally:
        _MEMORY.reset(token)


def once(estimator: object, make: Callable[[], Value]) -> Value:
    """What ``make``, always the same for one estimator, gives; anew each time outside of a conversion."""
    memory = _MEMORY.get()
    if memory is None:
        return make()
    if id(estimator) not in memory:
        memory[id(estimator)] = make()
    found: Value = memory[id(estimator)]
    return found
