"""Imports TensorFlow and Keras, quietly, and with the backend that is TensorFlow."""

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from modelport.errors import ConfigError, MissingPackageError, UnsupportedModelError
from modelport.frontends._triton import keep_out

__all__ = ["keras", "need", "on_cpu", "tensorflow"]

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_BACKEND = "KERAS_BACKEND"


def need(where: str) -> None:
    """Raises: MissingPackageError."""
    for package in ("tensorflow", "keras", "tf2onnx"):
        if find_spec(package) is None:
            raise MissingPackageError(
                f"converting a TensorFlow model needs {package}", where=where, fix="pip install 'modelport[tensorflow]'"
            )


# Any: the modules themselves.
def tensorflow() -> Any:
    """Returns the module; what TensorFlow prints as it starts is not shown, unless the caller set how much it says."""
    if _LEVEL not in os.environ and "tensorflow" not in sys.modules:
        os.environ[_LEVEL] = "3"
        with _silent():
            import tensorflow as tf

            # The first operation starts the runtime, which prints too.
            tf.zeros([])
        tf.get_logger().setLevel("ERROR")
    import tensorflow as tf

    keep_out()
    return tf


def keras() -> Any:
    """Returns Keras 3 running on TensorFlow. Raises: ConfigError where this process has it on another backend."""
    if "keras" not in sys.modules:
        os.environ[_BACKEND] = "tensorflow"
    tensorflow()
    with _stated_backend():
        import keras as module

    if str(module.__version__).startswith("2."):
        raise UnsupportedModelError(
            f"Keras is {module.__version__} here, and files of Keras 2 are not read",
            where="the model",
            fix="write it as a SavedModel where it is loaded, tf.saved_model.save(model, folder), and convert the folder; "
            "or convert the file where Keras 3 is, which reads many of them",
        )
    backend = str(module.config.backend())
    if backend != "tensorflow":
        raise ConfigError(
            f"Keras runs on {backend} in this process, and is converted where it runs on TensorFlow",
            where=_BACKEND,
            fix="save the model (model.save('model.keras')) and convert the file with the command, or set "
            f"{_BACKEND}=tensorflow before keras is imported",
        )
    return module


def on_cpu() -> Any:
    """A context in which operations run on the CPU, as those of the libraries do: a GPU rounds otherwise."""
    return tensorflow().device("/CPU:0")


@contextlib.contextmanager
def _stated_backend() -> Iterator[None]:
    """Keras prints which backend it takes where the environment says it."""
    with contextlib.redirect_stderr(None):
        yield


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Native code writes to the file behind stderr itself."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        sys.stderr.flush()
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
