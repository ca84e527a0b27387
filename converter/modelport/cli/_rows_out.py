"""Writes predictions as CSV or Parquet, by the suffix, chunk by chunk; the file appears when it is whole."""

import csv
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingPackageError, OutputError
from modelport.ir.contract import Contract

__all__ = ["open_writer", "output_columns"]

Columns = Mapping[str, npt.NDArray[np.generic]]
Write = Callable[[Columns], None]


def output_columns(answers: Columns, contract: Contract) -> dict[str, npt.NDArray[np.generic]]:
    """Returns the columns label, probability(<class>), value … and status; each [N]."""
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for output in contract.outputs:
        values = answers[output.name]
        if output.width is None:
            columns[output.name] = values
            continue
        for i in range(output.width):
            if output.role == "label":
                name = f"{output.name}_{i}"
            else:
                name = f"{output.name}({output.classes[i] if output.classes else i})"
            columns[name] = values[:, i]
    columns["status"] = answers["status"]
    return columns


@contextmanager
def open_writer(path: Path) -> Iterator[Write]:
    """Yields a function that appends columns. Raises: OutputError; then no file is left."""
    hidden = path.absolute().parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with _parquet(hidden) if path.suffix.lower() in (".parquet", ".pq") else _csv(hidden) as write:
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
def _parquet(path: Path) -> Iterator[Write]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as err:
        raise MissingPackageError(
            "writing Parquet needs pyarrow", where="-o", fix="pip install 'modelport[parquet]'"
        ) from err
    # Any stands at pyarrow's border: it ships no types.
    state: dict[str, object] = {}

    def write(columns: Columns) -> None:
        writer = state.get("writer")
        if writer is None:
            table = pa.table({name: pa.array(values.tolist()) for name, values in columns.items()})
            fields = [pa.field(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in table.schema]
            state["schema"] = pa.schema(fields)
            writer = state["writer"] = pq.ParquetWriter(path, state["schema"])
        table = pa.table({n: pa.array(v.tolist()) for n, v in columns.items()}).cast(state["schema"])
        writer.write_table(table)  # type: ignore[attr-defined]

    try:
        yield write
    finally:
        writer = state.get("writer")
        if writer is not None:
            writer.close()  # type: ignore[attr-defined]
