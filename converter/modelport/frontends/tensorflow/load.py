"""Loads what Keras and TensorFlow wrote; nothing in a file runs but what the caller trusts by name."""

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from modelport.errors import ModelFileError
from modelport.frontends.tensorflow.custom import LAMBDA, custom_objects
from modelport.frontends.tensorflow.files import Kind, TensorFlowFile, kind_of
from modelport.frontends.tensorflow.framework import keras, tensorflow
from modelport.frontends.tensorflow.named_copy import named_copy
from modelport.frontends.tensorflow.oracle import reason
from modelport.frontends.tensorflow.programs import check_operators

__all__ = ["load"]


def load(path: Path, trust: Sequence[str]) -> TensorFlowFile:
    """Returns what the file holds.

    Raises: ModelFileError for a damaged file; UntrustedModelError naming every class, function and operator that the caller
    must trust; ConfigError where Keras runs on another backend.
    """
    kind = kind_of(path)
    assert kind is not None
    return _LOADERS[kind](path, trust)


def _keras(path: Path, trust: Sequence[str]) -> TensorFlowFile:
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as err:
        raise _damaged(path, err) from err
    return TensorFlowFile("keras", path.name, _model(path, config, trust, ".keras"))


def _h5(path: Path, trust: Sequence[str]) -> TensorFlowFile:
    import h5py

    try:
        with h5py.File(path) as file:
            text = file.attrs.get("model_config")
            weights = text is None and _holds_weights(file)
        config = None if text is None else json.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except (OSError, ValueError, KeyError, RuntimeError) as err:
        raise _damaged(path, err) from err
    if weights:
        return TensorFlowFile("weights", path.name, path)
    if config is None:
        raise ModelFileError(
            f"{path.name} is a HDF5 file without a Keras model",
            where=str(path),
            fix="save the model whole: model.save('model.keras')",
        )
    return TensorFlowFile("h5", path.name, _model(path, config, trust, ".h5"))


# Any: HDF5 files, JSON, models of Keras.
def _holds_weights(file: Any) -> bool:
    """What save_weights writes: layers and variables of Keras 3, or names of layers of the legacy format."""
    return "layer_names" in file.attrs or bool({"layers", "_layer_checkpoint_dependencies", "vars"} & set(file))


def _model(path: Path, config: Any, trust: Sequence[str], suffix: str) -> Any:
    module = keras()
    custom = custom_objects(config, trust, path.name)
    try:
        with named_copy(path, suffix) as named:
            return module.saving.load_model(named, custom_objects=custom, compile=False, safe_mode=LAMBDA not in trust)
    except Exception as err:  # Keras raises what its readers of JSON, zip and HDF5 and the classes themselves raise
        raise _damaged(path, err) from err


def _saved_model(path: Path, trust: Sequence[str]) -> TensorFlowFile:
    tf = tensorflow()
    check_operators(path, trust)
    try:
        return TensorFlowFile("savedmodel", path.name, tf.saved_model.load(str(path)))
    except Exception as err:  # TensorFlow raises errors of its own, of protobuf, and of the operators that set it up
        raise _damaged(path, err) from err


def _damaged(path: Path, err: Exception) -> ModelFileError:
    return ModelFileError(f"{path.name} cannot be read: {reason(err)}", where=str(path), fix="save the model again")


_LOADERS: dict[Kind, Callable[[Path, Sequence[str]], TensorFlowFile]] = {
    "keras": _keras,
    "h5": _h5,
    "savedmodel": _saved_model,
}
