"""Many objects with the same keys, as trees are, taken key by key as joined arrays: no work is done for each number."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["DamagedError", "Field", "Records", "as_numbers", "records_of", "scan_records"]

Ints = npt.NDArray[np.int64]
_ITEMS = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
_SCALARS = {ord("i"): 1, ord("U"): 1, ord("I"): 2, ord("l"): 4, ord("L"): 8}
_LENGTH = struct.Struct(">q")


class DamagedError(Exception):
    """The bytes are not what they should be; the text says what and where."""


@dataclass(frozen=True)
class Field:
    """The arrays of one key: those of all records one after the other, and how long each is."""

    flat: npt.NDArray[Any]
    lengths: Ints


class Records:
    """N objects. ``arrays`` gives the arrays of a key as they stand, ``texts`` the strings of an object inside."""

    def __init__(self, count: int, arrays: Mapping[str, Any], texts: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self.count = count
        self._arrays = arrays
        self._texts = texts

    def __contains__(self, key: str) -> bool:
        return key in self._arrays

    def field(self, key: str, path: str) -> Field:
        """The arrays of a key. Raises: DamagedError where a record has none."""
        if key not in self._arrays:
            raise DamagedError(f"{path} has no {key!r}")
        found = self._arrays[key]
        field: Field = found() if callable(found) else found
        return field

    def integers(self, outer: str, inner: str, path: str, default: str | None = None) -> Ints:
        """The whole numbers that stand as text in each record under outer.inner."""
        texts = self._texts.get((outer, inner), None if default is None else [default] * self.count)
        if texts is None:
            raise DamagedError(f"{path} has no '{outer}.{inner}'")
        try:
            return np.array([int(text) for text in texts], dtype=np.int64)
        except (ValueError, OverflowError):
            raise DamagedError(f"{path}.{outer}.{inner} is no whole number") from None


def as_numbers(given: npt.NDArray[Any], dtype: npt.DTypeLike, path: str) -> npt.NDArray[Any]:
    """Numbers in the type wanted; whole ones are held against its range. Raises: DamagedError."""
    wanted = np.dtype(dtype)
    if given.size and (given.dtype.kind not in "fiub" or given.ndim != 1):
        raise DamagedError(f"{path} is no list of numbers")
    if wanted.kind in "iu" and given.size and given.dtype != wanted:
        limits = np.iinfo(wanted)
        if given.dtype.kind == "f" or given.min() < limits.min or given.max() > limits.max:
            raise DamagedError(f"{path} is no list of {wanted.name}")
    with np.errstate(over="ignore"):
        return given.astype(wanted, copy=False).reshape(-1)


def records_of(items: Sequence[Any], path: str) -> Records:
    """Records from parsed objects. A key that only some have is not there. Raises: DamagedError."""
    if not all(isinstance(item, dict) for item in items):
        raise DamagedError(f"{path} is no list of objects")
    common = set.intersection(*(set(item) for item in items)) if items else set()
    arrays = {
        key: _joined([item[key] for item in items], f"{path}[…].{key}")
        for key in sorted(common)
        if all(isinstance(item[key], list | np.ndarray) for item in items)
    }
    texts = {
        (key, inner): [str(item[key][inner]) for item in items]
        for key in sorted(common)
        if isinstance(items[0][key], dict)
        for inner in items[0][key]
        if all(isinstance(item[key], dict) and inner in item[key] for item in items)
    }
    return Records(len(items), arrays, texts)


def _joined(values: list[Any], path: str) -> Any:
    """Joined when it is asked for."""

    def join() -> Field:
        lengths = np.array([len(value) for value in values], dtype=np.int64)
        try:
            if all(isinstance(value, np.ndarray) for value in values):
                flat = np.concatenate(values)
            else:
                flat = np.asarray(list(chain.from_iterable(values)))
        except (ValueError, TypeError, OverflowError):
            raise DamagedError(f"{path} is no list of numbers") from None
        return Field(flat, lengths)

    return join


@dataclass(frozen=True)
class _Step:
    """One key of the layout: its bytes up to the length or value, and what follows.

    ``item`` bytes for each item of an array, 0 for a scalar, -1 for an object of texts, whose keys are ``inner``.
    """

    key: str
    prefix: bytes
    item: int
    kind: str = ""
    inner: tuple[tuple[str, bytes], ...] = ()


def scan_records(data: bytes, at: int, count: int) -> tuple[Records, int] | None:
    """Scans ``count`` UBJSON objects from byte ``at``, all laid out as the first; returns them and where they end.

    None where they are not alike, are cut off, or hold other things than typed arrays, whole numbers and objects of
    texts: then the ordinary reader says what is wrong, if anything is.
    """
    try:
        layout = _layout(data, at)
        return None if layout is None else _scan(data, at, count, layout)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _key(data: bytes, at: int) -> tuple[str, int]:
    """The key at a place, and where its value begins."""
    size = _LENGTH.unpack_from(data, at + 1)[0]
    if data[at : at + 1] != b"L" or not 0 <= size <= 64:
        raise IndexError
    return data[at + 9 : at + 9 + size].decode(), at + 9 + size


def _layout(data: bytes, at: int) -> list[_Step] | None:
    """The keys of the object at a place."""
    steps: list[_Step] = []
    start = at + 1
    while data[start] != ord("}"):
        key, at = _key(data, start)
        if data[at : at + 2] == b"[$" and data[at + 3 : at + 5] == b"#L" and data[at + 2 : at + 3] in _ITEMS:
            kind = _ITEMS[data[at + 2 : at + 3]]
            item = int(kind[2])
            steps.append(_Step(key, data[start : at + 5], item, kind))
            start = at + 13 + _LENGTH.unpack_from(data, at + 5)[0] * item
        elif data[at] in _SCALARS:
            steps.append(_Step(key, data[start:at], 0))
            start = at + 1 + _SCALARS[data[at]]
        elif data[at] == ord("{"):
            prefix, inner = data[start : at + 1], []
            start = at + 1
            while data[start] != ord("}"):
                name, at = _key(data, start)
                if data[at : at + 2] != b"SL":
                    return None
                inner.append((name, data[start : at + 2]))
                start = at + 10 + _LENGTH.unpack_from(data, at + 2)[0]
            steps.append(_Step(key, prefix, -1, inner=tuple(inner)))
            start += 1
        else:
            return None
    return steps


def _scan(data: bytes, at: int, count: int, layout: list[_Step]) -> tuple[Records, int] | None:
    starts: dict[str, list[int]] = {step.key: [] for step in layout}
    lengths: dict[str, list[int]] = {step.key: [] for step in layout}
    texts: dict[tuple[str, str], list[str]] = {(step.key, name): [] for step in layout for name, _ in step.inner}
    plan = [(s, s.prefix, len(s.prefix), s.item, starts[s.key].append, lengths[s.key].append) for s in layout]
    unpack = _LENGTH.unpack_from
    for _ in range(count):
        if data[at] != 0x7B:
            return None
        at += 1
        for step, prefix, size, item, add_start, add_length in plan:
            if not data.startswith(prefix, at):
                return None
            at += size
            if item > 0:
                length = unpack(data, at)[0]
                if length < 0:
                    return None
                at += 8
                add_start(at)
                add_length(length)
                at += length * item
            elif item == 0:
                at += 1 + _SCALARS.get(data[at], len(data))
            else:
                for name, inside in step.inner:
                    if not data.startswith(inside, at):
                        return None
                    at += len(inside)
                    length = unpack(data, at)[0]
                    if not 0 <= length <= 64:
                        return None
                    texts[step.key, name].append(data[at + 8 : at + 8 + length].decode())
                    at += 8 + length
                if data[at] != 0x7D:
                    return None
                at += 1
        if data[at] != 0x7D:
            return None
        at += 1
    arrays = {s.key: _sliced(data, s.kind, starts[s.key], lengths[s.key]) for s in layout if s.item > 0}
    return Records(count, arrays, texts), at


def _sliced(data: bytes, kind: str, starts: list[int], lengths: list[int]) -> Any:
    """Cut out when it is asked for."""
    item = int(kind[2])

    def cut() -> Field:
        joined = b"".join([data[s : s + n * item] for s, n in zip(starts, lengths, strict=True)])
        return Field(np.frombuffer(joined, dtype=kind).astype(kind[1:]), np.array(lengths, dtype=np.int64))

    return cut
