"""Bytes of a model file to its document, and typed access to it; the first wrong part is told with its path."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.readers.xgboost.records import DamagedError, Records, as_numbers, records_of
from modelport.readers.xgboost.ubjson import Json, read_ubjson

__all__ = ["Part", "looks_like", "read_document"]

_TEXT = (b'"', b"}")


def looks_like(head: bytes) -> bool:
    """Whether these first bytes are of an XGBoost model in JSON or UBJSON, or in the retired binary format."""
    if head.startswith(b"binf"):
        return True
    start = head[:4096].lstrip()
    # XGBoost writes its keys in alphabetical order; UBJSON puts the length of a key before it.
    return start.startswith(b"{") and (b'"learner"' in start if _is_text(start) else b"learner" in start[:32])


def _is_text(start: bytes) -> bool:
    return start[1:].lstrip()[:1] in _TEXT


def read_document(data: bytes) -> "Part":
    """Parses a model in either format. Raises: DamagedError."""
    if data.startswith((b"binf", b"CONFIG-offset:")):
        raise DamagedError(
            "it is in a binary format that XGBoost 3.1 and later do not read: open it with 2.0 and save it"
        )
    if _is_text(data[:4096].lstrip()):
        try:
            document: Json = json.loads(data)
        except (ValueError, RecursionError) as err:
            raise DamagedError(f"no JSON: {err}") from err
    else:
        document = read_ubjson(data)
    return Part(document, "")


class Part:
    """A value inside the document, with the path that leads to it."""

    def __init__(self, value: Json, path: str) -> None:
        self._value = value
        self.path = path

    def _wrong(self, wanted: str) -> DamagedError:
        return DamagedError(f"{self.path or 'the file'} is no {wanted}")

    def __contains__(self, key: str) -> bool:
        return isinstance(self._value, dict) and key in self._value

    def __getitem__(self, key: str) -> "Part":
        if not isinstance(self._value, dict):
            raise self._wrong("object")
        if key not in self._value:
            raise DamagedError(f"{self.path or 'the file'} has no {key!r}")
        return Part(self._value[key], f"{self.path}.{key}" if self.path else key)

    def get(self, key: str) -> "Part | None":
        """The part under a key, None where there is none."""
        if key in self:
            return self[key]
        return None

    def items(self) -> list["Part"]:
        """The parts of a list."""
        if not isinstance(self._value, list):
            raise self._wrong("list")
        return [Part(value, f"{self.path}[{index}]") for index, value in enumerate(self._value)]

    def objects(self) -> list["Part"]:
        """The parts of an object that are objects."""
        if not isinstance(self._value, dict):
            raise self._wrong("object")
        return [self[key] for key, value in self._value.items() if isinstance(value, dict)]

    def text(self) -> str:
        """A string."""
        if not isinstance(self._value, str):
            raise self._wrong("text")
        return self._value

    def texts(self) -> tuple[str, ...]:
        """A list of strings."""
        return tuple(part.text() for part in self.items()) if not self._empty() else ()

    def _empty(self) -> bool:
        return isinstance(self._value, np.ndarray | list) and len(self._value) == 0

    def strings(self) -> dict[str, str]:
        """All strings of an object, its objects and other values left out."""
        if not isinstance(self._value, Mapping):
            raise self._wrong("object")
        return {str(key): value for key, value in self._value.items() if isinstance(value, str)}

    def integer(self) -> int:
        """A whole number, or text that is one, as XGBoost writes its parameters."""
        value = self._value
        if isinstance(value, str):
            try:
                value = int(value)
            except ValueError:
                raise self._wrong("whole number") from None
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong("whole number")
        return value

    def array(self, dtype: npt.DTypeLike, count: int | None = None) -> npt.NDArray[Any]:
        """A list of numbers of one type. Whole numbers are held against the type's range."""
        if not isinstance(self._value, list | np.ndarray):
            raise self._wrong("list of numbers")
        try:
            given = np.asarray(self._value)
        except (ValueError, OverflowError) as err:
            raise self._wrong("list of numbers") from err
        found = as_numbers(given, dtype, self.path)
        if count is not None and len(found) != count:
            raise DamagedError(f"{self.path} has {len(found)} values, not {count}")
        return found

    def records(self) -> Records:
        """A list of objects with the same keys."""
        if isinstance(self._value, Records):
            return self._value
        if not isinstance(self._value, list):
            raise self._wrong("list")
        return records_of(self._value, self.path)
