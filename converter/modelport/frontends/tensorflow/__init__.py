"""The TensorFlow front end: Keras models, functions, and what both write; neither is imported until one is met."""

from collections.abc import Sequence
from pathlib import Path

from modelport.frontends._digest import digest
from modelport.frontends._spec import ConvertedNet, FrontEnd, LoadedModel, Request

__all__ = ["FRONTEND"]


def _owns(model: object) -> bool:
    from modelport.frontends.tensorflow.files import TensorFlowFile
    from modelport.frontends.tensorflow.kinds import kind_of_object

    return isinstance(model, TensorFlowFile) or kind_of_object(model) is not None


def _sniff(path: Path) -> bool:
    from modelport.frontends.tensorflow.files import kind_of

    return kind_of(path) is not None


def _load(path: Path, trust: Sequence[str]) -> LoadedModel:
    from modelport.frontends.tensorflow.framework import need
    from modelport.frontends.tensorflow.load import load

    need(str(path))
    return LoadedModel(load(path, trust), digest(path))


def _convert(loaded: LoadedModel, request: Request) -> ConvertedNet:
    from modelport.frontends.tensorflow.framework import need

    need("the model")
    from modelport.frontends.tensorflow.convert import convert

    return convert(loaded, request)


def _support() -> list[tuple[str, str]]:
    return [
        ("keras.Model", "an eager call of the model with training=False, Keras 3 on TensorFlow"),
        ("tensorflow.function", "the function itself: tf.function, tf.Module, signatures of a SavedModel"),
    ]


FRONTEND = FrontEnd(
    name="TensorFlow",
    extra="tensorflow",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
    folders=True,
)
