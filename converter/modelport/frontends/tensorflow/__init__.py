"""The TensorFlow front end: Keras models, functions, and what both write; neither is imported until one is met."""

from collections.abc import Sequence
from pathlib import Path

from modelport.errors import ConfigError
from modelport.frontends._digest import digest
from modelport.frontends._spec import ConvertedNet, FrontEnd, LoadedModel, Request
from modelport.options import QUANTIZED

__all__ = ["FRONTEND"]

# What the interpreter of --python must have.
_NEEDS = {"tensorflow": "2.15", "tf2onnx": "1.16"}


def _owns(model: object) -> bool:
    from modelport.frontends.tensorflow.files import TensorFlowFile
    from modelport.frontends.tensorflow.kinds import kind_of_object
    from modelport.frontends.tensorflow.tflite import owns

    return isinstance(model, TensorFlowFile) or owns(model) or kind_of_object(model) is not None


def _sniff(path: Path) -> bool:
    from modelport.frontends.tensorflow.files import kind_of
    from modelport.frontends.tensorflow.tflite import is_tflite

    return is_tflite(path) or kind_of(path) is not None


def _load(path: Path, trust: Sequence[str]) -> LoadedModel:
    from modelport.frontends.tensorflow import tflite
    from modelport.frontends.tensorflow.framework import need
    from modelport.frontends.tensorflow.load import load

    if tflite.is_tflite(path):
        return tflite.load(path)
    need(str(path))
    return LoadedModel(load(path, trust), digest(path))


def _load_in(path: Path, trust: Sequence[str], python: str) -> LoadedModel:
    from modelport.frontends._elsewhere import NetElsewhere
    from modelport.frontends.tensorflow import tflite

    if tflite.is_tflite(path):
        raise ConfigError(
            "a TensorFlow Lite file is read by modelport itself: no training environment holds more of it",
            where="--python",
            fix="leave --python out",
        )
    # A GPU rounds otherwise, and its TensorFlow takes all of its memory.
    net = NetElsewhere(python, "tensorflow", _NEEDS, path, trust, {"CUDA_VISIBLE_DEVICES": "-1"})
    return LoadedModel(net, digest(path), (net.note,))


def _convert(loaded: LoadedModel, request: Request) -> ConvertedNet:
    from modelport.frontends._elsewhere import NetElsewhere
    from modelport.frontends.tensorflow import tflite
    from modelport.frontends.tensorflow.framework import need

    if tflite.owns(loaded.model):
        return tflite.convert(loaded, request)
    if request.quantized != QUANTIZED[0]:
        raise ConfigError(
            "only a .tflite file holds integers that are kept or not", where="--quantized", fix="leave it out"
        )
    if not isinstance(loaded.model, NetElsewhere):
        need("the model")
    from modelport.frontends.tensorflow.convert import convert

    return convert(loaded, request)


def _support() -> list[tuple[str, str]]:
    return [
        ("keras.Model", "an eager call of the model with training=False, Keras 3 on TensorFlow"),
        ("tensorflow.function", "the function itself: tf.function, tf.Module, signatures of a SavedModel"),
        (
            "tensorflow.lite.Interpreter",
            "the interpreter with the delegates that it takes by itself, of TensorFlow or LiteRT",
        ),
    ]


FRONTEND = FrontEnd(
    name="TensorFlow",
    extra="tensorflow",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
    nets=True,
    folders=True,
    takes_quantized=True,
    load_in=_load_in,
)
