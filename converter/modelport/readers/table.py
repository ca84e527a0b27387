"""Reads rows from CSV (chunk by chunk, exact decimals) or Parquet into a Table: named columns, typed as found.

It knows nothing of a model: which types are right is decided where the contract is known.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelport.errors import DataFileError, MissingPackageError, PathError

__all__ = ["CHUNK_ROWS", "Table", "read_chunks", "read_table", "typed_text"]

CHUNK_ROWS = 8192
_MISSING = frozenset({"", "NA"})
_TRUE_FALSE = frozenset({"True", "False", "TRUE", "FALSE", "true", "false"})


@dataclass(frozen=True)
class Table:
    """N rows by column name: text from CSV as object[N] of str and None (missing), from Parquet as typed there."""

    columns: Mapping[str, npt.NDArray[np.generic] | npt.NDArray[np.object_]]
    count: int


def read_table(path: Path) -> Table:
    """Reads a whole file. Raises: PathError, DataFileError."""
    chunks = list(read_chunks(path))
    names = list(chunks[0].columns)
    merged = {name: np.concatenate([chunk.columns[name] for chunk in chunks]) for name in names}
    count = sum(chunk.count for chunk in chunks)
    return Table(merged, count)


def read_chunks(path: Path) -> Iterator[Table]:
    """Yields the rows in chunks; CSV columns stay text (None where missing), Parquet columns keep their type.

    An empty file with a header gives one chunk of no rows.
    """
    if not path.exists():
        raise PathError(f"{path} does not exist", where=str(path), fix="give the path of a CSV or Parquet file")
    if path.is_dir():
        raise PathError(f"{path} is a folder", where=str(path), fix="give the path of a CSV or Parquet file")
    return _readable(path, _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _csv(path))


def _readable(path: Path, chunks: Iterator[Table]) -> Iterator[Table]:
    """Passes the chunks on; what the disk or the system refuses is said of this file."""
    try:
        yield from chunks
    except OSError as err:
        raise PathError(
            f"{path} cannot be read: {err.strerror or err}", where=str(path), fix="check the file and its permissions"
        ) from err


def _csv(path: Path) -> Iterator[Table]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            header = next(reader, None)
            if not header:
                raise DataFileError(
                    f"{path.name} is empty", where=str(path), fix="write a header line with the column names"
                )
            _check_header(header, path)
            batch: list[list[str]] = []
            first = True
            for row in reader:
                if not row and len(header) > 1:
                    continue
                if len(row) != len(header):
                    row = row or [""]
                    if len(row) != len(header):
                        raise DataFileError(
                            f"line {reader.line_num} has {len(row)} fields, the header has {len(header)}",
                            where=str(path),
                            fix="quote fields that hold commas, and give every line all fields",
                        )
                batch.append(row)
                if len(batch) == CHUNK_ROWS:
                    yield _text_table(header, batch)
                    batch, first = [], False
            if batch or first:
                yield _text_table(header, batch)
    except UnicodeDecodeError as err:
        raise DataFileError(f"{path.name} is not UTF-8 text: {err}", where=str(path), fix="save it as UTF-8") from err
    except csv.Error as err:
        raise DataFileError(f"{path.name} is no CSV: {err}", where=str(path), fix="save it as CSV or Parquet") from err


def _check_header(header: Sequence[str], path: Path) -> None:
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise DataFileError(
            f"{path.name} names columns twice: {', '.join(map(repr, doubled))}",
            where=f"{path}, line 1",
            fix="give every column a name of its own",
        )


def _text_table(header: Sequence[str], batch: Sequence[Sequence[str]]) -> Table:
    columns: dict[str, npt.NDArray[np.object_]] = {}
    for i, name in enumerate(header):
        column = np.empty(len(batch), dtype=object)
        column[:] = [None if row[i] in _MISSING else row[i] for row in batch]
        columns[name] = column
    return Table(columns, len(batch))


def typed_text(column: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Gives text its type: bool or int64 where every field is one, float64 with NaN for missing, else text."""
    if column.dtype != object:
        return column
    present = [text for text in column if text is not None]
    if not present:
        return np.full(len(column), np.nan)
    if not all(isinstance(text, str) for text in present):
        return column
    if len(present) == len(column) and all(text in _TRUE_FALSE for text in present):
        return np.array([text.lower() == "true" for text in column], dtype=np.bool_)
    if len(present) == len(column):
        try:
            return np.array([_integer(text) for text in column], dtype=np.int64)
        except (ValueError, OverflowError):
            pass
    try:
        return np.array([np.nan if text is None else _number(text) for text in column], dtype=np.float64)
    except ValueError:
        return column


def _integer(text: str) -> int:
    if not text.strip().lstrip("+-").isdigit():
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _parquet(path: Path) -> Iterator[Table]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as err:
        raise MissingPackageError(
            "reading Parquet needs pyarrow", where=str(path), fix="install modelport[parquet]"
        ) from err
    try:
        file = pq.ParquetFile(path)
        names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
        empty = True
        for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=names):
            empty = False
            yield _arrow_table(batch, names)
        if empty:
            yield _arrow_table(file.schema_arrow.empty_table().select(names), names)
    except (pa.ArrowException, OSError) as err:
        raise DataFileError(
            f"{path.name} is no whole Parquet file: {err}", where=str(path), fix="save or copy it again"
        ) from err


# pyarrow ships no types: Any stands at its border.
def _arrow_table(batch: object, names: Sequence[str]) -> Table:
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for name in names:
        column = batch.column(name)  # type: ignore[attr-defined]
        columns[name] = _arrow_column(column)
    return Table(columns, batch.num_rows)  # type: ignore[attr-defined]


def _arrow_column(column: object) -> npt.NDArray[np.generic]:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):  # type: ignore[attr-defined]
        column = column.cast(column.type.value_type)  # type: ignore[attr-defined]
    kind = column.type  # type: ignore[attr-defined]
    if (pa.types.is_integer(kind) or pa.types.is_boolean(kind)) and column.null_count:  # type: ignore[attr-defined]
        column = column.cast(pa.float64())  # type: ignore[attr-defined]
    array: npt.NDArray[np.generic] = column.to_numpy(zero_copy_only=False)  # type: ignore[attr-defined]
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    return array
