"""Compressed streams: whole, cut, damaged, several in one file, and bombs."""

import bz2
import gzip
import lzma
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from modelport.frontends.sklearn.loading.inflate import compression, inflate, limit_of
from modelport.frontends.sklearn.loading.machine import StreamError

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}
DATA = bytes(range(256)) * 9000


@pytest.mark.parametrize("kind", PACKERS)
def test_whole(kind: str) -> None:
    packed = PACKERS[kind](DATA)
    assert compression(packed[:16]) == kind
    assert inflate(kind, packed, len(DATA)) == DATA


@pytest.mark.parametrize("level", range(10))
def test_every_level_of_zlib_is_known(level: int) -> None:
    assert compression(zlib.compress(DATA, level)) == "zlib"


@pytest.mark.parametrize("kind", ["gzip", "bz2", "xz"])
def test_several_streams(kind: str) -> None:
    half = len(DATA) // 2
    assert inflate(kind, PACKERS[kind](DATA[:half]) + PACKERS[kind](DATA[half:]), len(DATA)) == DATA


@pytest.mark.parametrize("kind", PACKERS)
def test_cut(kind: str) -> None:
    packed = PACKERS[kind](DATA)
    for end in (3, 20, len(packed) // 2, len(packed) - 9):
        with pytest.raises(StreamError, match=kind):
            inflate(kind, packed[:end], len(DATA))


@pytest.mark.parametrize("kind", PACKERS)
def test_damaged(kind: str) -> None:
    packed = bytearray(PACKERS[kind](DATA))
    packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)
    with pytest.raises(StreamError, match=kind):
        inflate(kind, bytes(packed), len(DATA))


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_stops_at_the_limit(kind: str) -> None:
    bomb = PACKERS[kind](bytes(200 << 20))
    tracemalloc.start()
    with pytest.raises(StreamError, match="grows beyond"):
        inflate(kind, bomb, 8 << 20)
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("kind", PACKERS)
def test_only_the_start(kind: str) -> None:
    packed = PACKERS[kind](DATA)
    assert inflate(kind, packed[: len(packed) // 2], 10, partial=True) in (DATA[:10], b"")
    assert inflate(kind, packed, 10, partial=True) == DATA[:10]
    assert inflate(kind, b"no stream", 10, partial=True) == b""


def test_lz4_needs_its_package() -> None:
    try:
        import lz4.frame
    except ImportError:
        with pytest.raises(ImportError):
            inflate("lz4", b"\x04\x22\x4d\x18", 10)
    else:
        assert inflate("lz4", lz4.frame.compress(DATA), len(DATA)) == DATA


def test_limits() -> None:
    assert limit_of(10) == 512 << 20
    assert limit_of(1 << 30) == 100 << 30
