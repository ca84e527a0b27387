"""Texts of R as they are stored: bytes with a mark of their encoding, or NA.

Source: R's serialize.c and envir.h: bit 3 of a CHARSXP's levels says UTF-8, bit 2 latin1 (which R reads as CP1252), bit 6
ASCII, bit 1 bytes; none of them says the native encoding, which version 3 names in its header.
"""

import re
from collections.abc import Iterable

__all__ = ["Decoder"]

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_UTF8, _LATIN1, _BYTES, _ASCII = 1 << 15, 1 << 14, 1 << 13, 1 << 18


class Decoder:
    """Turns stored texts into str, for one native encoding."""

    def __init__(self, native: str) -> None:
        # The name comes from the file; one with odd characters in it names no encoding.
        self._native = native if _NAME.fullmatch(native) else "utf-8"

    def one(self, flags: int, stored: bytes | None) -> str | None:
        """One text; None is NA."""
        if stored is None:
            return None
        if stored.isascii() or flags & _UTF8:
            return stored.decode("utf-8", "backslashreplace")
        if flags & _LATIN1:
            return _try(stored, ("cp1252", "latin-1"))
        if flags & _BYTES:
            return stored.decode("ascii", "backslashreplace")
        # A version 2 stream does not name its native encoding; texts that are valid UTF-8 hardly ever mean another.
        return _try(stored, (self._native, "utf-8", "cp1252", "latin-1"))

    def many(self, stored: Iterable[tuple[int, bytes | None]]) -> list[str | None]:
        """Texts of one vector."""
        return [self.one(flags, text) for flags, text in stored]


def _try(stored: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return stored.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return stored.decode("latin-1")
