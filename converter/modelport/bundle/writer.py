"""Writes a bundle: everything into a hidden neighbour first, then one rename; nothing half-written is ever seen."""

import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from modelport.bundle.large import LargeFile, large_sha256, write_large
from modelport.bundle.manifest import FileEntry
from modelport.bundle.seal import sha256
from modelport.errors import OutputError

__all__ = ["check_output", "file_entries", "json_bytes", "write_tree"]

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def json_bytes(value: object) -> bytes:
    """JSON with one-space indents and a final newline; the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def file_entries(files: Mapping[str, bytes], large: Mapping[str, LargeFile] | None = None) -> dict[str, FileEntry]:
    """Returns the manifest's entry of every file, its role told by its path."""
    found = {path: FileEntry(_role(path), sha256(data), len(data)) for path, data in files.items()}
    for path, file in (large or {}).items():
        found[path] = FileEntry(_role(path), large_sha256(file), file.size)
    return dict(sorted(found.items()))


def check_output(path: Path) -> None:
    """Raises OutputError when the output exists or its folder cannot be written; called before any long work."""
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path} exists", where="-o", fix="choose another output, or remove it first")
    parent = path.absolute().parent
    existing = next(folder for folder in (parent, *parent.parents) if folder.exists())
    try:
        # os.access believes root everywhere; only a try tells about read-only disks and /proc.
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as err:
        raise OutputError(
            f"{path} cannot be written: {existing}: {err.strerror or err}",
            where="-o",
            fix="choose an output in a writable folder",
        ) from err


def write_tree(
    files: Mapping[str, bytes], path: Path, *, private: bool = False, large: Mapping[str, LargeFile] | None = None
) -> None:
    """Writes {relative path: bytes} as a folder, or as a zip when the path ends in .zip; atomically.

    ``large`` are files that are written piece by piece.
    Raises: OutputError; then nothing of it is left.
    """
    check_output(path)
    hidden = path.absolute().parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        hidden.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".zip":
            _write_zip(files, large or {}, hidden)
        else:
            _write_folder(files, large or {}, hidden)
        if private:
            hidden.chmod(0o700 if hidden.is_dir() else 0o600)
        hidden.rename(path.absolute())
    except OSError as err:
        raise OutputError(
            f"{path} cannot be written: {err.strerror or err}", where="-o", fix="choose an output in a writable folder"
        ) from err
    finally:
        if hidden.is_dir():
            shutil.rmtree(hidden, ignore_errors=True)
        elif hidden.exists():
            hidden.unlink()


def _write_folder(files: Mapping[str, bytes], large: Mapping[str, LargeFile], folder: Path) -> None:
    folder.mkdir()
    for name in sorted({*files, *large}):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in large:
            write_large(large[name], target)
        else:
            target.write_bytes(files[name])


def _write_zip(files: Mapping[str, bytes], large: Mapping[str, LargeFile], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
        for name, file in sorted(large.items()):
            # Weights hardly shrink, and what is stored as it is can be read at the disk's speed.
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as out:
                for piece in file.pieces():
                    out.write(piece)


def _role(path: str) -> str:
    top = path.split("/", 1)[0]
    fixed = {
        "model.onnx": "model",
        "forest.bin": "forest",
        "text.bin": "text",
        "contract.json": "contract",
        "provenance.json": "provenance",
        "vectors": "vectors",
        "MLmodel": "view",
    }
    return fixed.get(top, "source" if "/" in path else "weights")
