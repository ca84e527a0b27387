"""Undoes gzip, bzip2, xz and zstd, as R compresses its files, by the first bytes; stops where a limit is passed.

1f 8b gzip · BZh bzip2 · fd 37 7a 58 5a 00 xz · 5d 00 00 lzma · 28 b5 2f fd zstd · anything else is taken as it is
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from modelport.frontends.r.serialize.limits import LIMITS, Limits
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.zstd import MAGIC, ZstdDecompressor

__all__ = ["decompress", "decompress_head"]

_STEP = 1 << 18
# The xz presets that R offers need 65 MiB; a file can ask for 4 GiB.
_XZ_BYTES = 512 << 20
_FOREIGN = {
    b"\x04\x22\x4d\x18": "LZ4",
    b"\x0b\x0e\x0a\x0c": "package qs writes it",
    b"PK\x03\x04": "a zip archive",
}
_ERRORS = (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError)


class _Decompressor(Protocol):
    """What the decompressors have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def _maker(data: bytes) -> Callable[[], _Decompressor] | None:
    if data[:2] == b"\x1f\x8b":
        return lambda: zlib.decompressobj(wbits=31)
    if data[:3] == b"BZh":
        return bz2.BZ2Decompressor
    if data[:6] == b"\xfd7zXZ\0" or data[:3] == b"\x5d\0\0":
        return lambda: lzma.LZMADecompressor(memlimit=_XZ_BYTES)
    return ZstdDecompressor if data[:4] == MAGIC else None


def decompress(data: bytes, where: str, limits: Limits = LIMITS) -> bytes:
    """The plain bytes. Raises: ModelFileError when they are cut off, damaged or more than the limit."""
    for magic, name in _FOREIGN.items():
        if data.startswith(magic):
            raise damaged(
                f"the file is compressed as no file of saveRDS is that modelport reads ({name})",
                where,
                "load it in R as it was saved, then: saveRDS(model, 'model.rds')",
            )
    maker = _maker(data)
    if maker is None:
        return data
    pieces: list[bytes] = []
    left, at = limits.decompressed_bytes, 0
    while maker is not None:
        inner = maker()
        while not inner.eof:
            if at >= len(data):
                raise damaged(f"the compressed file ends early, at byte {len(data)}", where)
            step = data[at : at + _STEP]
            at += len(step)
            try:
                # One byte beyond the limit tells that there is more.
                piece = inner.decompress(step, left + 1)
            except _ERRORS as err:
                raise damaged(f"the compressed file is damaged near byte {at - len(step)}: {err}", where) from err
            left -= len(piece)
            if left < 0:
                raise damaged(
                    f"the file decompresses to more than {limits.decompressed_bytes >> 20} MiB",
                    where,
                    "if you trust it, save it as it is: saveRDS(model, 'model.rds', compress = FALSE)",
                )
            pieces.append(piece)
        at -= len(inner.unused_data)
        # A file may be several compressed files, one after the other; padding may follow.
        maker = _maker(data[at : at + 6])
    if data[at:].strip(b"\0"):
        raise damaged(f"{len(data) - at} bytes follow after the end of the compressed file", where)
    return b"".join(pieces)


def decompress_head(data: bytes, count: int) -> bytes:
    """The first plain bytes of a file of which only the first bytes are given; b'' when they are damaged."""
    maker = _maker(data)
    if maker is None:
        return data[:count]
    try:
        return maker().decompress(data, count)
    except _ERRORS:
        return b""
