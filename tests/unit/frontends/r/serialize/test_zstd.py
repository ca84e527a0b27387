"""Files that newer R compresses with Zstandard: read with the package, named without it, and never more than the limit."""

import sys
import tracemalloc
from pathlib import Path

import pytest

from modelport.errors import MissingPackageError, ModelFileError
from modelport.frontends.r.serialize import RList, looks_like_r, read, texts
from modelport.frontends.r.serialize.limits import LIMITS, Limits

zstandard = pytest.importorskip("zstandard")

FILES = Path(__file__).parent / "files"
DATA = (FILES / "zstd.rds").read_bytes()
SMALL = Limits(decompressed_bytes=1 << 22, memory_bytes=1 << 22, depth=200)


def _what(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(ModelFileError) as found:
        read(data, "x.rds", limits)
    return found.value.what


def test_it_holds_what_the_gzip_file_does() -> None:
    assert looks_like_r(DATA)
    found, other = read(DATA, "x.rds"), read((FILES / "everything_3_gzip.rds").read_bytes(), "y.rds")
    assert isinstance(found, RList)
    assert isinstance(other, RList)
    for name in ("texts", "latin", "factor", "shown"):
        assert texts(found[name]) == texts(other[name])
    for name in ("logical", "integer", "double", "raw", "sequence", "reals", "sorted"):
        assert found[name].values.tobytes() == other[name].values.tobytes()  # type: ignore[attr-defined]


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingPackageError, match="Zstandard") as found:
        read(DATA, "x.rds")
    assert "modelport[r]" in found.value.fix


def test_every_truncation_and_what_follows_is_refused() -> None:
    for size in range(4, len(DATA) - 1, 29):
        assert "ends early" in _what(DATA[:size])
    assert "bytes follow" in _what(DATA + b"rest")
    assert "damaged" in _what(DATA[:4] + b"rest of another file")


def test_frames_may_follow_each_other() -> None:
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(DATA)
    read(zstandard.compress(plain[:99]) + zstandard.compress(plain[99:]) + bytes(20), "x.rds")


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = zstandard.compress(b"X\n" + bytes(512 << 20))
    tracemalloc.start()
    try:
        assert "decompresses to more than 4 MiB" in _what(bomb, SMALL)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
