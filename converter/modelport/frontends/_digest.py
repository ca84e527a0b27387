"""The hash by which a bundle remembers the file, or the folder, that it was made from."""

import hashlib
from pathlib import Path

__all__ = ["digest"]


def digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of its files' names and hashes in the order of the names."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for inner in sorted(one for one in path.rglob("*") if one.is_file()):
        whole.update(f"{inner.relative_to(path).as_posix()}\0{digest(inner)}\n".encode())
    return whole.hexdigest()
