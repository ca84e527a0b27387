"""What the caller of a conversion asked for; read in the user's interpreter too, see ``_exported_net.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What the caller asked for: sample rows, the response column, the outputs by name (None: the usual ones), the
    path of predictions that the original made elsewhere, and what the original's predict() is asked with besides the rows,
    and names for the numbers 0 and 1 of a response.
    Of nets: axes that callers choose, what makes the module of bare weights ('package.module:factory'), which of several
    functions is meant, and whether the integers of a quantized file are kept ('keep') or not ('dequantize').

    ``rows`` is whatever the caller gave: a DataFrame, an array, a dict, or a Table read from a file.
    """

    rows: object
    response: str | None = None
    outputs: tuple[str, ...] | None = None
    expected: str | None = None
    arguments: Mapping[str, str | float] = field(default_factory=dict)
    levels: tuple[str, str] | None = None
    dynamic: tuple[str, ...] = ()
    module: str | None = None
    signature: str | None = None
    quantized: str = "keep"
