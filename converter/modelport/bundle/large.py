"""Files of a bundle that no memory should hold as a whole, such as the weights beside a graph: they are read piece by piece."""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

__all__ = ["FileOnDisk", "LargeFile", "ZipMember", "large_sha256", "write_large"]

_PIECE = 1 << 24


@runtime_checkable
class LargeFile(Protocol):
    """What a file holds, in pieces, in order; ``ir.weights.Weights`` is one."""

    @property
    def size(self) -> int:
        """Bytes."""

    def pieces(self) -> Iterator[bytes | memoryview]:
        """The bytes; each call begins anew."""


@dataclass(frozen=True)
class FileOnDisk:
    """A file where it lies."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def pieces(self) -> Iterator[bytes]:
        """The bytes."""
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


@dataclass(frozen=True)
class ZipMember:
    """A file within a zip."""

    archive: Path
    name: str

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        with zipfile.ZipFile(self.archive) as archive:
            return archive.getinfo(self.name).file_size

    def pieces(self) -> Iterator[bytes]:
        """The bytes, unpacked."""
        with zipfile.ZipFile(self.archive) as archive, archive.open(self.name) as file:
            while piece := file.read(_PIECE):
                yield piece


def large_sha256(file: LargeFile) -> str:
    """Hex sha256."""
    digest = hashlib.sha256()
    for piece in file.pieces():
        digest.update(piece)
    return digest.hexdigest()


def write_large(file: LargeFile, path: Path) -> None:
    """Writes the file piece by piece."""
    with path.open("xb") as out:
        for piece in file.pieces():
            out.write(piece)
