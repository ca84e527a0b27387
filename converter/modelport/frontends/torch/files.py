"""Tells by its bytes what kind of file torch wrote; imports nothing of torch."""

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Kind", "TorchFile", "kind_of"]

Kind = Literal["pt2", "torchscript", "pickle", "legacy", "safetensors"]

# The magic number at the start of what torch.save wrote before version 1.6.
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
# Where torch.export.save wrote the program before version 2.8.
_PROGRAM = "serialized_exported_program.json"
_HEADER_LIMIT = 100 << 20


@dataclass(frozen=True)
class TorchFile:
    """What a file held: ``model`` is a module, an ExportedProgram or a ScriptModule, or a dict of weights by name."""

    kind: Kind
    name: str
    model: object


def kind_of(path: Path) -> Kind | None:
    """Returns the kind, None where torch did not write it."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(_LEGACY):
        return "legacy"
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    if len(head) > 9 and head[8:9] == b"{" and 2 <= struct.unpack("<Q", head[:8])[0] <= _HEADER_LIMIT:
        return "safetensors"
    return None


def _of_zip(path: Path) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.namelist()
    except zipfile.BadZipFile:
        return None
    # Everything lies in one folder, called as the file was when it was written; until torch 2.7 programs lay in none.
    names = {name.partition("/")[2] for name in listed}
    if _PROGRAM in listed or ("archive_format" in names and any(name.startswith("models/") for name in names)):
        return "pt2"
    if "data.pkl" not in names:
        return None
    return "torchscript" if "constants.pkl" in names and any(name.startswith("code/") for name in names) else "pickle"
