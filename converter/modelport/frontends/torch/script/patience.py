"""Stops a script that never comes to an end, as one does that halves a number until it is small when it is given infinity."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends.torch.script.nodes import nodes_within

__all__ = ["Patience"]

_LEAST_S, _TIMES = 60.0, 100


class Patience:
    """Waits for a hundred times the longest call that came to an end, and a minute at least, for machines are shared.

    Without a loop it does nothing.
    """

    # Any: a script.
    def __init__(self, module: Any) -> None:
        self._wanted = any(node.kind() == "prim::Loop" for node in nodes_within(module.forward.inlined_graph))
        self._longest = 0.0

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Raises: OracleRefusalError when the call within takes too long."""
        if not self._wanted:
            yield
            return
        limit = max(_LEAST_S, _TIMES * self._longest)
        start = time.monotonic()
        try:
            with _limited(start + limit):
                yield
        except Exception as err:  # torch wraps what is raised within a script
            if time.monotonic() >= start + limit:
                raise OracleRefusalError(f"it came to no end within {limit:.0f} seconds") from err
            raise
        self._longest = max(self._longest, time.monotonic() - start)


# Any here: what torch hands to its modes; scripts cannot be interrupted but between two operators.
def _limited(end: float) -> Any:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Limited(TorchDispatchMode):  # type: ignore[misc]  # torch has no types that mypy may see here
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if time.monotonic() >= end:
                raise TimeoutError("it came to no end")
            return func(*args, **(kwargs or {}))

    return Limited()
