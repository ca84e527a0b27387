"""The kind of a file comes from its bytes, whatever its name says, and needs no framework."""

import bz2
import gzip
import io
import lzma
import pickle
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from modelport.frontends.sklearn.loading.sniff import looks_pickled, sniff


def fitted() -> LinearRegression:
    return LinearRegression().fit(np.eye(3), [1.0, 2.0, 3.0])


def joblib_bytes(compress: object = 0) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(fitted(), buffer, compress=compress)
    return buffer.getvalue()


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


KINDS = [
    *((pickle.dumps(fitted(), protocol), "pickle") for protocol in range(6)),
    (joblib_bytes(), "joblib"),
    *((joblib_bytes((method, 3)), "joblib") for method in ("zlib", "gzip", "bz2", "lzma", "xz")),
    (b"\x04\x22\x4d\x18rest", "joblib"),
    (b"ZF0x1234 old joblib", "joblib"),
    (skops.io.dumps(fitted()), "skops"),
    (b"", None),
    (b"\x80", None),
    (b"\x80\x07N.", None),
    (b"a,b,c\n1,2,3\n", None),
    (b"Id,Name\n1,x\n", None),
    (b"(not a pickle)", None),
    (b'{"learner":{"x":1}}', None),
    (b"tree\nversion=v4\n", None),
    (b"CBM1\x00\x00", None),
    (b"X\n\x00\x00\x00\x03\x00\x04\x02\x02", None),
    (b"PK\x03\x04 cut off", None),
    (b"\x89PNG\r\n", None),
    (b"\x00" * 100, None),
    (zipped(data="x"), None),
    (gzip.compress(b"a,b\n1,2\n"), None),
    (gzip.compress(b"X\n\x00\x00\x00\x03\x00\x04\x02\x02" + b"\x00" * 50), None),
    (zlib.compress(b"text"), None),
    (bz2.compress(b"text"), None),
    (lzma.compress(b"text"), None),
    (b"x\x9c damaged", None),
]


@pytest.mark.parametrize(("data", "kind"), KINDS)
def test_kinds(tmp_path: Path, data: bytes, kind: str | None) -> None:
    for name in ("model.csv", "model.pkl", "model.skops"):
        path = tmp_path / name
        path.write_bytes(data)
        assert sniff(path) == kind


def test_nothing_there(tmp_path: Path) -> None:
    assert sniff(tmp_path / "none") is None
    assert sniff(tmp_path) is None


def test_a_head_that_is_cut() -> None:
    whole = pickle.dumps(fitted(), 0)
    assert looks_pickled(whole[:-20])
    assert not looks_pickled(whole[:10])


def test_no_framework_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(skops.io.dumps(fitted()))
    code = (
        "import sys; from pathlib import Path\n"
        "from modelport.frontends.sklearn.loading import sniff\n"
        "print(sniff(Path(sys.argv[1])))\n"
        "print([m for m in ('sklearn', 'scipy', 'joblib', 'skops', 'pandas') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["skops", "[]"]
