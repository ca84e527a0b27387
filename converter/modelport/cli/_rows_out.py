"""Writes predictions as CSV or Parquet, by the suffix, chunk by chunk; the file appears when it is whole."""

import csv
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingPackageError, OutputError
from modelport.ir.contract import Contract, Output

__all__ = ["open_writer", "output_columns"]

Columns = Mapping[str, npt.NDArray[np.generic]]
Write = Callable[[Columns], None]

_CSV = (".csv",)
_PARQUET = (".parquet", ".pq")


def _names(output: Output) -> list[str]:
    """label, value; label_0, …; probability(<class>), …."""
    if output.width is None:
        return [output.name]
    if output.role == "label":
        return [f"{output.name}_{i}" for i in range(output.width)]
    return [f"{output.name}({output.classes[i] if output.classes else i})" for i in range(output.width)]


def output_columns(answers: Columns, contract: Contract) -> dict[str, npt.NDArray[np.generic]]:
    """Returns the columns label, probability(<class>), value … and status; each [N]."""
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for output in contract.outputs:
        values = answers[output.name]
        for i, name in enumerate(_names(output)):
            columns[name] = values if output.width is None else values[:, i]
    columns["status"] = answers["status"]
    return columns


@contextmanager
def open_writer(path: Path, contract: Contract) -> Iterator[Write]:
    """Yields a function that appends columns.

    Raises: OutputError for a suffix that is neither, and where the file cannot be written; then no file is left.
    """
    suffix = path.suffix.lower()
    if suffix not in _CSV + _PARQUET:
        raise OutputError(
            f"{path} is neither CSV nor Parquet by its suffix",
            where="-o",
            fix=f"let it end in one of: {', '.join(_CSV + _PARQUET)}",
        )
    if path.is_dir():
        raise OutputError(f"{path} is a folder", where="-o", fix="name a file in it")
    hidden = path.absolute().parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with _parquet(hidden, contract) if suffix in _PARQUET else _csv(hidden) as write:
            yield write
        hidden.replace(path)
    except OSError as err:
        raise OutputError(
            f"{path} cannot be written: {err.strerror or err}", where="-o", fix="choose an output in a writable folder"
        ) from err
    finally:
        hidden.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        begun = False

        def write(columns: Columns) -> None:
            nonlocal begun
            if not begun:
                writer.writerow(columns)
                begun = True
            writer.writerows(zip(*(_texts(values) for values in columns.values()), strict=True))

        yield write


def _texts(values: npt.NDArray[np.generic]) -> list[object]:
    """Shortest decimals that read back as the same float; a missing label is an empty field, a missing number NaN."""
    if values.dtype.kind == "f":
        return ["NaN" if v != v else repr(float(str(v)) if values.dtype == np.float32 else float(v)) for v in values]
    return ["" if value is None else value for value in values.tolist()]


@contextmanager
def _parquet(path: Path, contract: Contract) -> Iterator[Write]:
    """The types are the contract's: a chunk in which every row is refused must not decide them."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as err:
        raise MissingPackageError(
            "writing Parquet needs pyarrow", where="-o", fix="pip install 'modelport[parquet]'"
        ) from err
    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "bool": pa.bool_(),
        "float64": pa.float64(),
        "float32": pa.float32(),
    }
    fields = [pa.field(name, types[output.dtype]) for output in contract.outputs for name in _names(output)]
    schema = pa.schema([*fields, pa.field("status", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:

        def write(columns: Columns) -> None:
            arrays = [pa.array(columns[field.name].tolist(), field.type) for field in schema]
            writer.write_table(pa.table(arrays, schema=schema))

        yield write
