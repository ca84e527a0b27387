"""Opens the graph of a bundle in onnxruntime, with the weights beside it where there are any."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnxruntime as ort

from modelport.bundle.large import FileOnDisk, write_large
from modelport.bundle.reader import Bundle
from modelport.ir.session import open_session
from modelport.ir.weights import WEIGHTS_FILE, Weights

__all__ = ["open_model", "place_model"]

_MODEL = "model.onnx"


def open_model(bundle: Bundle) -> ort.InferenceSession:
    """Loads the model. Weights in files are mapped into memory, those of a bundle not yet written are used where they are."""
    weights = bundle.large.get(WEIGHTS_FILE)
    if weights is None:
        return open_session(bundle.files[_MODEL])
    if isinstance(weights, Weights):
        return open_session(bundle.files[_MODEL], weights=weights)
    with _model_directory(bundle) as folder:
        # Mapped by now: the session needs no name of the file any more.
        return open_session(str(folder / _MODEL))


def place_model(bundle: Bundle, folder: Path) -> None:
    """Puts model.onnx and its weights into a folder; files of this disk by another name for them, not by a copy."""
    (folder / _MODEL).write_bytes(bundle.files[_MODEL])
    for name, file in bundle.large.items():
        try:
            if not isinstance(file, FileOnDisk):
                raise OSError(name)
            os.link(file.path, folder / name)
        except OSError:
            write_large(file, folder / name)


@contextmanager
def _model_directory(bundle: Bundle) -> Iterator[Path]:
    """A folder that holds model.onnx and its weights: the bundle's own, or a copy for the while."""
    if bundle.path is not None and all(isinstance(file, FileOnDisk) for file in bundle.large.values()):
        yield bundle.path
        return
    with tempfile.TemporaryDirectory(prefix="modelport-model-") as folder:
        place_model(bundle, Path(folder))
        yield Path(folder)
