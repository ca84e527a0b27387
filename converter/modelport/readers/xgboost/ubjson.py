"""Reads Universal Binary JSON as XGBoost writes it: bytes to dict, list, str, numbers and typed numpy arrays.

Nothing is trusted: every length is held against what is left of the file before memory is taken for it, and nesting
against a limit, so a cut or hostile file costs no more than its own size.
"""

import struct

import numpy as np
import numpy.typing as npt

from modelport.readers.xgboost.records import DamagedError, Records, scan_records

__all__ = ["Json", "read_ubjson"]

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"] | npt.NDArray[np.generic] | Records

_DEEPEST = 64
_TYPED = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
_SCALARS = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q", b"d": ">f", b"D": ">d", b"C": ">b"}
_CONSTANTS: dict[bytes, bool | None] = {b"Z": None, b"T": True, b"F": False}


def read_ubjson(data: bytes) -> Json:
    """Parses one value that fills all of the data. Raises: DamagedError."""
    reader = _Reader(data)
    value = reader.value(reader.take(1), 0)
    if reader.at != len(data):
        raise DamagedError(f"{len(data) - reader.at} bytes follow after the end of the model")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count < 0 or count > len(self._data) - self.at:
            raise DamagedError(f"the file ends early: {count} bytes are missing at byte {self.at}")
        self.at += count
        return self._data[self.at - count : self.at]

    def _peek(self) -> bytes:
        return self._data[self.at : self.at + 1]

    def _number(self, marker: bytes) -> int | float:
        code = _SCALARS.get(marker)
        if code is None:
            raise DamagedError(f"byte {self.at - 1} is {marker!r}, not the type of a number")
        number: int | float = struct.unpack(code, self.take(struct.calcsize(code)))[0]
        return number

    def _length(self) -> int:
        length = self._number(self.take(1))
        if not isinstance(length, int) or length < 0:
            raise DamagedError(f"a length of {length} at byte {self.at}")
        return length

    def _text(self) -> str:
        try:
            return self.take(self._length()).decode()
        except UnicodeDecodeError as err:
            raise DamagedError(f"text at byte {self.at} is not UTF-8") from err

    def value(self, marker: bytes, depth: int) -> Json:
        """The value that a marker opens."""
        if depth > _DEEPEST:
            raise DamagedError(f"nested deeper than {_DEEPEST} at byte {self.at}")
        if marker == b"{":
            return self._object(depth)
        if marker == b"[":
            return self._array(depth)
        if marker == b"S":
            return self._text()
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        return self._number(marker)

    def _object(self, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        while self._peek() != b"}":
            key = self._text()
            scanned = self._scanned() if key == "trees" else None
            found[key] = scanned if scanned is not None else self.value(self.take(1), depth + 1)
        self.at += 1
        return found

    def _scanned(self) -> Records | None:
        """An array of objects that are all alike, from its '[#'; None, and nothing is read, where it is none."""
        if self._data[self.at : self.at + 3] != b"[#L" or len(self._data) < self.at + 11:
            return None
        count = struct.unpack_from(">q", self._data, self.at + 3)[0]
        if not 0 < count <= len(self._data) - self.at:
            return None
        found = scan_records(self._data, self.at + 11, count)
        if found is None:
            return None
        self.at = found[1]
        return found[0]

    def _array(self, depth: int) -> Json:
        if self._peek() == b"$":
            self.at += 1
            kind = _TYPED.get(self.take(1))
            if kind is None or self.take(1) != b"#":
                raise DamagedError(f"a typed array of an unknown kind at byte {self.at}")
            count = self._length()
            return np.frombuffer(self.take(count * int(kind[2])), dtype=kind).astype(kind[1:])
        if self._peek() == b"#":
            self.at += 1
            count = self._length()
            if count > len(self._data) - self.at:
                raise DamagedError(f"the file ends early: an array of {count} values at byte {self.at}")
            return [self.value(self.take(1), depth + 1) for _ in range(count)]
        items: list[Json] = []
        while self._peek() != b"]":
            items.append(self.value(self.take(1), depth + 1))
        self.at += 1
        return items
