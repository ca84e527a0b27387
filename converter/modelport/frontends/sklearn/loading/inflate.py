"""Decompresses a whole model file in memory, up to a limit that a bomb runs into; joblib's compressors.

It does not say what is inside.
"""

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from modelport.frontends.sklearn.loading.machine import StreamError

__all__ = ["compression", "inflate", "limit_of"]

_MAGIC = {
    "gzip": b"\x1f\x8b\x08",
    "bz2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
    "lz4": b"\x04\x22\x4d\x18",
    "lzma": b"\x5d\x00",
}
_MAX_RATIO = 100
_ALWAYS_ALLOWED = 512 * 2**20
_CHUNK = 2**20
_LZMA_MEMORY = 256 * 2**20


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def compression(head: bytes) -> str | None:
    """Names the compressor whose bytes a file starts with, if any."""
    for name, magic in _MAGIC.items():
        if head.startswith(magic):
            return name
    # zlib's first two bytes: method 8 with its usual window, and a checksum of both; a pickle cannot start so
    if len(head) >= 2 and head[0] == 0x78 and (head[0] * 256 + head[1]) % 31 == 0:
        return "zlib"
    return None


def limit_of(size: int) -> int:
    """How many bytes a file of ``size`` bytes may become: half a GiB, or a hundred times its size."""
    return max(_ALWAYS_ALLOWED, _MAX_RATIO * size)


def inflate(kind: str, data: bytes, limit: int, *, partial: bool = False) -> bytes:
    """Returns the decompressed bytes; with ``partial`` at most ``limit`` of them and no complaint about the rest.

    Raises: StreamError for a damaged or truncated stream, or one that goes beyond ``limit``; ImportError when lz4
    is not installed.
    """
    make = _factory(kind)
    parts: list[bytes] = []
    total = 0
    try:
        while data:  # gzip, bz2 and xz files may hold several streams one after the other
            stream = make()
            ended = False
            while not ended:
                part = stream.decompress(data, _CHUNK)
                data = b"" if not stream.eof else stream.unused_data
                total += len(part)
                parts.append(part)
                if total > limit:
                    break
                ended = stream.eof
                if not ended and not part:
                    if partial:
                        return b"".join(parts)
                    raise StreamError(f"its {kind} stream is cut off after {total} decompressed bytes")
            if total > limit:
                break
            data = data.lstrip(b"\0")  # padding between streams
            if data and compression(data) != kind:
                break  # what follows is no part of the model; gzip and joblib ignore it too
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError) as err:
        if partial:
            return b"".join(parts)[:limit]
        raise StreamError(f"its {kind} stream is damaged: {err}") from err
    if total > limit and not partial:
        raise StreamError(f"its {kind} stream grows beyond {limit} bytes, which no model of this file size does")
    return b"".join(parts)[:limit]


class _Zlib:
    """zlib's own object keeps its rest apart from the decompressor; this one feeds it back, as bz2's does."""

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


def _factory(kind: str) -> Callable[[], _Decompressor]:
    if kind == "zlib":
        return lambda: _Zlib(zlib.MAX_WBITS)
    if kind == "gzip":
        return lambda: _Zlib(zlib.MAX_WBITS | 16)
    if kind == "bz2":
        return bz2.BZ2Decompressor
    if kind == "lz4":
        make: Callable[[], _Decompressor] = importlib.import_module("lz4.frame").LZ4FrameDecompressor
        return make
    form = lzma.FORMAT_ALONE if kind == "lzma" else lzma.FORMAT_XZ
    return lambda: lzma.LZMADecompressor(format=form, memlimit=_LZMA_MEMORY)
