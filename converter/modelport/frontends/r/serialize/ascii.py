"""The numbers and bytes of a stream in text ('A'): one number a line, texts with escapes, NA, NaN and Inf as words.

Source: R's serialize.c, OutInteger, OutReal and OutString: doubles in 16 digits, or as hexadecimal floats; in texts every
space and every byte beyond ASCII is escaped, so a word never holds white space.
"""

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize.limits import TEXT_BYTES, Budget
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.stream import CHARSXP, told_length

__all__ = ["AsciiStream"]

_NA = -(2**31)
# R's NA_real_: a NaN whose low word is 1954.
_NA_REAL = float(np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0])
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"v": b"\v", b"b": b"\b", b"r": b"\r", b"f": b"\f", b"a": b"\a"}


class AsciiStream:
    """Words from text."""

    def __init__(self, data: bytes, at: int, budget: Budget) -> None:
        # As many as there could be; each word becomes an object and a reference to it.
        budget.take((data.count(b"\n", at) + 2) * TEXT_BYTES + len(data))
        self._words = data[at:].split()
        self._at = 0
        self._budget = budget

    def _word(self) -> bytes:
        if self._at >= len(self._words):
            raise damaged(f"the file ends early, at {self.position()}", self._budget.where)
        self._at += 1
        return self._words[self._at - 1]

    def integer(self) -> int:
        """One 32-bit number."""
        return self._integer(self._word())

    def _integer(self, word: bytes) -> int:
        if word == b"NA":
            return _NA
        try:
            found = int(word)
        except ValueError:
            found = 2**31
        if not _NA <= found < 2**31:
            raise self._odd(word, "an integer")
        return found

    def length(self) -> int:
        """The length of a vector, held against what is left of the file."""
        found = told_length(self.integer)
        if not 0 <= found <= len(self._words) - self._at:
            raise damaged(
                f"a length of {found} at {self.position()}, and {len(self._words) - self._at} words are left",
                self._budget.where,
            )
        return found

    def vector(self, kind: str, count: int) -> npt.NDArray[Any]:
        """Numbers of a kind of RVector, read-only."""
        each = 2 if kind == "complex" else 1
        if count * each > len(self._words) - self._at:
            raise damaged(f"the file ends early: {count} numbers are needed at {self.position()}", self._budget.where)
        words = self._words[self._at : self._at + count * each]
        self._at += count * each
        self._budget.take(16 * len(words))
        if kind in ("logical", "integer"):
            found: npt.NDArray[Any] = np.array([self._integer(word) for word in words], dtype=np.int32)
        elif kind == "raw":
            found = np.array([self._byte(word) for word in words], dtype=np.uint8)
        else:
            found = np.array([self._real(word) for word in words], dtype=np.float64)
            found = found.view(np.complex128) if kind == "complex" else found
        found.flags.writeable = False
        return found

    def _real(self, word: bytes) -> float:
        if word == b"NA":
            return _NA_REAL
        try:
            # Hexadecimal floats begin with 0x, -0x; decimals that float() takes are correctly rounded, as strtod's are.
            return float.fromhex(word.decode()) if b"x" in word else float(word)
        except (ValueError, OverflowError):
            raise self._odd(word, "a number") from None

    def _byte(self, word: bytes) -> int:
        try:
            found = int(word, 16)
        except ValueError:
            found = 256
        if not 0 <= found < 256:
            raise self._odd(word, "a byte")
        return found

    def text(self, count: int) -> bytes:
        """The bytes of one text."""
        # A text of no bytes is an empty line, and so no word.
        if count <= 0:
            return b""
        word = self._word()
        plain = _ESCAPE.sub(_unescaped, word) if b"\\" in word else word
        if len(plain) != count:
            raise self._odd(word, f"a text of {count} bytes")
        return plain

    def texts(self, count: int) -> list[tuple[int, bytes | None]]:
        """Flags and bytes of the texts of one character vector; None is NA."""
        found: list[tuple[int, bytes | None]] = []
        for _ in range(count):
            flags, size = self.integer(), self.integer()
            if flags & 0xFF != CHARSXP:
                raise damaged(f"no text where one must be, at {self.position()}", self._budget.where)
            self._budget.take(TEXT_BYTES + max(size, 0))
            found.append((flags, None if size < 0 else self.text(size)))
        return found

    def position(self) -> str:
        """Where the stream stands, in words."""
        return f"word {self._at + 1}"

    def ended(self) -> bool:
        """Whether all of it is read."""
        return self._at == len(self._words)

    def _odd(self, word: bytes, wanted: str) -> Exception:
        return damaged(f"{word[:40]!r} is no {wanted.split(' ', 1)[1]} at word {self._at}", self._budget.where)


def _unescaped(found: re.Match[bytes]) -> bytes:
    letter = found[1]
    if letter[:1].isdigit():
        return bytes([int(letter, 8) & 255])
    return _LETTERS.get(letter, letter)
