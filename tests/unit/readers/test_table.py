"""CSV fields become exactly what their decimals say; what is no CSV is refused."""

from pathlib import Path

import numpy as np
import pytest

from modelport.errors import DataFileError, PathError
from modelport.readers.table import CHUNK_ROWS, read_chunks, read_table, typed_text


def column(texts: list[str | None]) -> np.ndarray:
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return typed_text(array)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "2"], "i"),
        (["1", None], "f"),
        (["1.5", "nan"], "f"),
        (["True", "False"], "b"),
        (["True", None], "O"),
        (["1_0", "2"], "O"),
        (["a", "1"], "O"),
        ([None, None], "f"),
        (["99999999999999999999", "1"], "f"),
    ],
)
def test_types(texts: list[str | None], kind: str) -> None:
    assert column(texts).dtype.kind == kind


def test_decimals_are_rounded_correctly() -> None:
    assert column(["0.1", "2.675", "1e-320"]).tolist() == [0.1, 2.675, 1e-320]


def test_empty_and_na_are_missing_and_quotes_hold_commas(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('\ufeffa,"b, c"\n1,\nNA,"x, ""y""\nz"\n')
    table = read_table(tmp_path / "t.csv")
    assert table.columns["a"].tolist() == ["1", None]
    assert table.columns["b, c"].tolist() == [None, 'x, "y"\nz']


def test_chunks(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n" + "1\n" * (CHUNK_ROWS + 3))
    assert [chunk.count for chunk in read_chunks(tmp_path / "t.csv")] == [CHUNK_ROWS, 3]
    (tmp_path / "h.csv").write_text("a,b\n")
    assert [(c.count, list(c.columns)) for c in read_chunks(tmp_path / "h.csv")] == [(0, ["a", "b"])]


@pytest.mark.parametrize("data", [b"", b"a,a\n1,2\n", b"a,b\n1\n", b"a\n\xff\xfe\n"])
def test_what_is_no_csv_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(DataFileError):
        read_table(tmp_path / "t.csv")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathError):
        read_table(tmp_path / "t.csv")
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataFileError):
        read_table(tmp_path / "t.parquet")
