"""Undoes Zstandard, which saveRDS of R 4.5 and later offers, with the package zstandard; never more than asked for at once."""

from modelport.errors import MissingPackageError

__all__ = ["MAGIC", "ZstdDecompressor"]

MAGIC = b"\x28\xb5\x2f\xfd"
# A block of four bytes stands for at most 128 KiB, so a step for at most 8 MiB.
_STEP = 1 << 8
# The strongest level of R needs it; a file can ask for 2 GiB.
_WINDOW_BYTES = 128 << 20


class ZstdDecompressor:
    """One frame, in the manner of zlib's decompressor."""

    def __init__(self) -> None:
        try:
            import zstandard
        except ImportError as err:
            raise MissingPackageError(
                "the file is compressed with Zstandard, which needs the package zstandard",
                where="saveRDS(compress = 'zstd')",
                fix="pip install 'modelport[r]', or save it in R anew: saveRDS(model, 'model.rds')",
            ) from err
        self._errors = zstandard.ZstdError
        self._inner = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).decompressobj()
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        """Whether the frame is at its end."""
        return self._inner.eof

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """The plain bytes of a piece; it stops soon after ``max_length``. Raises: ValueError where they are damaged."""
        pieces: list[bytes] = []
        left = max_length
        for start in range(0, len(data), _STEP):
            try:
                piece = self._inner.decompress(data[start : start + _STEP])
            except self._errors as err:
                raise ValueError(str(err)) from err
            pieces.append(piece)
            left -= len(piece)
            if self._inner.eof:
                self.unused_data = self._inner.unused_data + data[start + _STEP :]
                break
            if max_length >= 0 and left < 0:
                break
        return b"".join(pieces)
