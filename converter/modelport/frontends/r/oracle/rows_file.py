"""Rows as a file that R reads with readBin: typed columns, nothing rounded, every NA of its column's type.

int32 columns, int32 rows; for each column: text kind, text name, [factors: int32 levels, texts],
then float64 values and int32 flags (1: present), or texts: int32 pool, texts, int32 places (0: NA).
A text is an int32 count of bytes and UTF-8. All little-endian, and the whole gzipped.
"""

import gzip
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.errors import DataFileError
from modelport.frontends.r._variables import Hints, Variable
from modelport.ir.contract import Feature
from modelport.ir.rows import Column, Rows

__all__ = ["hints_of_rows", "pack_rows", "unpack_rows"]

_KINDS = ("number", "logical", "factor", "ordered", "character")


def pack_rows(rows: Rows, variables: Sequence[Variable], origin: npt.NDArray[np.uint8]) -> bytes:
    """Writes the columns of these variables; ``origin`` tells what each row is (``Vectors.ORIGINS``)."""
    parts = [_ints([len(variables), rows.count])]
    for variable in variables:
        column = rows.columns[variable.name]
        parts += [_text(variable.kind), _text(variable.name)]
        if variable.kind in ("factor", "ordered"):
            parts += _texts(variable.levels or ())
        if variable.is_text:
            pool = sorted({str(value) for value in column.values[column.valid]})
            place = {text: number for number, text in enumerate(pool, start=1)}
            parts += _texts(pool)
            codes = [place[str(v)] if ok else 0 for v, ok in zip(column.values, column.valid, strict=True)]
            parts.append(_ints(codes))
        else:
            parts.append(np.where(column.valid, column.values, 0).astype("<f8").tobytes())
            parts.append(_ints(column.valid.astype(np.int32)))
    parts.append(_ints(origin.astype(np.int32)))
    # No time in the header: the same rows are the same bytes.
    return gzip.compress(b"".join(parts), mtime=0)


def hints_of_rows(data: bytes, where: str) -> Hints:
    """What a record tells of its columns: their kinds, and of factors the levels. Raises: DataFileError."""
    try:
        reader = _Reader(gzip.decompress(data))
        reader.table()
    except (OSError, EOFError, ValueError, IndexError, UnicodeDecodeError) as err:
        raise _damaged(str(err), where) from err
    hints = Hints()
    for name, kind in reader.kinds.items():
        hints[name] = "number" if kind == "number" else "logical" if kind == "logical" else "text"
    hints.texts.update(reader.levels)
    return hints


def unpack_rows(data: bytes, features: Sequence[Feature], where: str) -> tuple[Rows, npt.NDArray[np.uint8]]:
    """Reads the columns of these features, and what each row is. Raises: DataFileError."""
    try:
        columns, count, origin = _Reader(gzip.decompress(data)).table()
    except (OSError, EOFError, ValueError, IndexError, UnicodeDecodeError) as err:
        raise _damaged(str(err), where) from err
    absent = [f.name for f in features if f.name not in columns]
    if absent:
        raise _damaged(f"no column {', '.join(absent)}", where)
    return Rows({f.name: _typed(columns[f.name], f) for f in features}, count), origin


def _typed(column: Column, feature: Feature) -> Column:
    if feature.dtype == "string":
        return column
    kinds = {"bool": np.bool_, "int64": np.int64}
    if feature.dtype in kinds:
        return Column(np.where(column.valid, column.values, 0).astype(kinds[feature.dtype]), column.valid)
    return Column(np.where(column.valid, column.values, np.nan).astype(np.float64), column.valid)


def _damaged(what: str, where: str) -> DataFileError:
    return DataFileError(
        f"the rows of the record cannot be read: {what}", where=where, fix="record them again: modelport record"
    )


def _ints(values: npt.ArrayLike) -> bytes:
    return np.asarray(values, dtype="<i4").tobytes()


def _text(text: str) -> bytes:
    data = text.encode()
    return _ints([len(data)]) + data


def _texts(texts: Sequence[str]) -> list[bytes]:
    return [_ints([len(texts)]), *map(_text, texts)]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0
        self.kinds: dict[str, str] = {}
        self.levels: dict[str, tuple[str, ...]] = {}

    def table(self) -> tuple[dict[str, Column], int, npt.NDArray[np.uint8]]:
        width, count = self._ints(2).tolist()
        columns: dict[str, Column] = {}
        for _ in range(width):
            kind, name = self._text(), self._text()
            if kind not in _KINDS:
                raise ValueError(f"a column of kind {kind!r}")
            if kind in ("factor", "ordered"):
                self.levels[name] = tuple(self._texts())
            self.kinds[name] = kind
            columns[name] = self._numbers(count) if kind in ("number", "logical") else self._strings(count)
        return columns, count, self._ints(count).astype(np.uint8)

    def _numbers(self, count: int) -> Column:
        values = np.frombuffer(self._take(8 * count), dtype="<f8")
        return Column(values.astype(np.float64), self._ints(count) == 1)

    def _strings(self, count: int) -> Column:
        pool = ["", *self._texts()]
        places = self._ints(count)
        values = np.empty(count, dtype=object)
        values[:] = [pool[place] for place in places]
        return Column(values, places > 0)

    def _take(self, size: int) -> bytes:
        if size < 0 or self._place + size > len(self._data):
            raise ValueError("it ends too early")
        self._place += size
        return self._data[self._place - size : self._place]

    def _ints(self, count: int) -> npt.NDArray[np.int32]:
        return np.frombuffer(self._take(4 * count), dtype="<i4").astype(np.int32)

    def _text(self) -> str:
        return self._take(int(self._ints(1)[0])).decode()

    def _texts(self) -> list[str]:
        return [self._text() for _ in range(int(self._ints(1)[0]))]
