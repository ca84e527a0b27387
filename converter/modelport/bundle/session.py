"""Opens the graph of a bundle in onnxruntime, with the weights beside it where there are any."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnxruntime as ort

from modelport.bundle.large import FileOnDisk, write_large
from modelport.bundle.reader import Bundle
from modelport.ir.session import open_session
from modelport.ir.weights import WEIGHTS_FILE, Weights

__all__ = ["model_directory", "open_model"]

_MODEL = "model.onnx"


def open_model(bundle: Bundle) -> ort.InferenceSession:
    """Loads the model. Weights in files are mapped into memory, those of a bundle not yet written are used where they are."""
    weights = bundle.large.get(WEIGHTS_FILE)
    if weights is None:
        return open_session(bundle.files[_MODEL])
    if isinstance(weights, Weights):
        return open_session(bundle.files[_MODEL], weights=weights)
    with model_directory(bundle) as folder:
        # Mapped by now: the session needs no name of the file any more.
        return open_session(str(folder / _MODEL))


@contextmanager
def model_directory(bundle: Bundle) -> Iterator[Path]:
    """A folder that holds model.onnx and its weights: the bundle's own, or a copy for the while."""
    if bundle.path is not None and all(isinstance(file, FileOnDisk) for file in bundle.large.values()):
        yield bundle.path
        return
    with tempfile.TemporaryDirectory(prefix="modelport-model-") as folder:
        (Path(folder) / _MODEL).write_bytes(bundle.files[_MODEL])
        for name, file in bundle.large.items():
            write_large(file, Path(folder) / name)
        yield Path(folder)
