"""Tells by its bytes what Keras or TensorFlow wrote: a file, or the folder of a SavedModel; imports neither."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Kind", "TensorFlowFile", "kind_of"]

Kind = Literal["keras", "h5", "savedmodel", "weights"]

_ZIP = b"PK\x03\x04"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_CONFIG, _METADATA = "config.json", "metadata.json"
_GRAPHS = ("saved_model.pb", "saved_model.pbtxt")


@dataclass(frozen=True)
class TensorFlowFile:
    """What a file held: ``model`` is a Keras model, what tf.saved_model.load gives, or the path of bare weights."""

    kind: Kind
    name: str
    model: object


def kind_of(path: Path) -> Kind | None:
    """Returns the kind, None where neither wrote it. Whether a HDF5 file holds a model or weights is told when it is read."""
    if path.is_dir():
        return "savedmodel" if any((path / name).is_file() for name in _GRAPHS) else None
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(_HDF5):
        return "h5"
    return "keras" if head.startswith(_ZIP) and _is_keras(path, head) else None


def _is_keras(path: Path, head: bytes) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return {_CONFIG, _METADATA} <= set(archive.namelist())
    except zipfile.BadZipFile:
        # Cut off: the list of names at the end is lost, the first name stands at the beginning.
        length = int.from_bytes(head[26:28], "little")
        return head[30 : 30 + length].decode("ascii", "replace") in (_CONFIG, _METADATA)
