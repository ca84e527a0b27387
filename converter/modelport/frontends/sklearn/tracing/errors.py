"""What a function does that cannot be traced, and the line of it that does so."""

import linecache
from types import TracebackType

__all__ = ["UntraceableError", "where_it_stopped"]

_LONGEST = 80
_OWN = ("modelport", "numpy", "pandas", "scipy", "sklearn")


class UntraceableError(Exception):
    """A step of a function that has no equivalent in the graph; never leaves this folder."""


def where_it_stopped(function: object, trace: TracebackType | None) -> str:
    """'line 3: X.sum(axis=0)' of the caller's own code, or what is known of it."""
    best = ""
    while trace is not None:
        frame = trace.tb_frame
        module = str(frame.f_globals.get("__name__", "")).split(".")[0]
        if module not in _OWN:
            text = linecache.getline(frame.f_code.co_filename, trace.tb_lineno, frame.f_globals).strip()
            shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
            best = f"line {trace.tb_lineno}" + (f", {shown!r}" if shown else "")
        trace = trace.tb_next
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", repr(function))
    return f"{name}, {best}" if best else str(name)
