"""Reads named tensors from .npz, or one from .npy; never pickled objects."""

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelport.errors import DataFileError, PathError

__all__ = ["is_tensors", "read_tensors"]

_SUFFIXES = (".npz", ".npy")


def is_tensors(path: Path) -> bool:
    """Whether the path names a file of tensors."""
    return path.suffix.lower() in _SUFFIXES


def read_tensors(path: Path) -> dict[str, npt.NDArray[np.generic]] | npt.NDArray[np.generic]:
    """Returns the arrays of a .npz by name, or the one array of a .npy. Raises: PathError, DataFileError."""
    if not path.is_file():
        raise PathError(f"{path} does not exist or is no file", where=str(path), fix="give the path of a .npz file")
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            return {name: loaded[name] for name in loaded.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as err:
        raise DataFileError(
            f"{path.name} holds no arrays: {str(err).split(chr(10))[0]}",
            where=str(path),
            fix="write it with numpy.savez(path, name=array, ...), texts as arrays of dtype str",
        ) from err
