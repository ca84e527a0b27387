"""The numbers and bytes of a stream in binary: big-endian (XDR, 'X') or as the machine wrote them (native, 'B')."""

from collections.abc import Callable
from struct import Struct, error
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize.limits import TEXT_BYTES, Budget
from modelport.frontends.r.serialize.refusals import damaged

__all__ = ["CHARSXP", "BinaryStream", "ByteStream", "told_length"]

CHARSXP = 9
_DTYPES = {"logical": "i4", "integer": "i4", "double": "f8", "complex": "c16", "raw": "u1"}


def told_length(integer: Callable[[], int]) -> int:
    """A length as R tells it: a number, or -1 and then two halves of a greater one."""
    found = integer()
    if found != -1:
        return found
    high, low = integer(), integer()
    return (high << 32) + (low & 0xFFFFFFFF)


class ByteStream(Protocol):
    """What the reader asks of a stream, whatever its format. Every method raises ModelFileError where it ends early."""

    def integer(self) -> int:
        """One 32-bit number."""

    def length(self) -> int:
        """The length of a vector, which may be more than 32 bits; it is held against what is left of the file."""

    def vector(self, kind: str, count: int) -> npt.NDArray[Any]:
        """Numbers of a kind of RVector, read-only."""

    def text(self, count: int) -> bytes:
        """The bytes of one text; -1 is none."""

    def texts(self, count: int) -> list[tuple[int, bytes | None]]:
        """Flags and bytes of the texts of one character vector; None is NA."""

    def position(self) -> str:
        """Where the stream stands, in words."""

    def ended(self) -> bool:
        """Whether all of it is read."""


class BinaryStream:
    """Binary numbers from bytes. ``order`` is '>' or '<'."""

    def __init__(self, data: bytes, at: int, order: str, budget: Budget) -> None:
        self._data = data
        self._at = at
        self._order = order
        self._budget = budget
        self._integer = Struct(f"{order}i").unpack_from
        self._pair = Struct(f"{order}ii").unpack_from

    def integer(self) -> int:
        """One 32-bit number."""
        at = self._at
        try:
            found: int = self._integer(self._data, at)[0]
        except error:
            raise self._short(4) from None
        self._at = at + 4
        return found

    def length(self) -> int:
        """The length of a vector, held against what is left of the file."""
        found = told_length(self.integer)
        if not 0 <= found <= len(self._data) - self._at:
            if found < 0:
                raise damaged(f"a length of {found} at {self.position()}", self._budget.where)
            raise self._short(found)
        return found

    def vector(self, kind: str, count: int) -> npt.NDArray[Any]:
        """Numbers of a kind of RVector, read-only."""
        stored = np.dtype(self._order + _DTYPES[kind])
        size = count * stored.itemsize
        self._check(size)
        found = np.frombuffer(self._data, stored, count, self._at)
        self._at += size
        if not stored.isnative:
            self._budget.take(size)
            found = found.astype(stored.newbyteorder("="))
            found.flags.writeable = False
        return found

    def text(self, count: int) -> bytes:
        """The bytes of one text."""
        self._check(count)
        at = self._at
        self._at = at + count
        return self._data[at : self._at]

    def texts(self, count: int) -> list[tuple[int, bytes | None]]:
        """Flags and bytes of the texts of one character vector; None is NA."""
        data, at, pair, end = self._data, self._at, self._pair, len(self._data)
        self._check(8 * count)
        found: list[tuple[int, bytes | None]] = []
        try:
            for _ in range(count):
                flags, size = pair(data, at)
                if flags & 0xFF != CHARSXP:
                    self._at = at
                    raise damaged(f"no text where one must be, at {self.position()}", self._budget.where)
                at += 8
                if size < 0:
                    found.append((flags, None))
                    continue
                found.append((flags, data[at : at + size]))
                at += size
        except error:
            self._at = min(at, end)
            raise self._short(8) from None
        if at > end:
            self._at = end
            raise self._short(at - end)
        self._budget.take(count * TEXT_BYTES + at - self._at)
        self._at = at
        return found

    def position(self) -> str:
        """Where the stream stands, in words."""
        return f"byte {self._at}"

    def ended(self) -> bool:
        """Whether all of it is read."""
        return self._at == len(self._data)

    def _check(self, count: int) -> None:
        if count > len(self._data) - self._at:
            raise self._short(count)
        if count < 0:
            raise damaged(f"a length of {count} at {self.position()}", self._budget.where)

    def _short(self, count: int) -> Exception:
        left = len(self._data) - self._at
        return damaged(
            f"the file ends early: {count} bytes are needed at {self.position()}, {left} are left", self._budget.where
        )
