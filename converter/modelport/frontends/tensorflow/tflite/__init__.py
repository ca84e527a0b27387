"""Models of TensorFlow Lite: .tflite files, read without the framework and asked through its interpreter."""

from pathlib import Path

from modelport.frontends._digest import digest
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.tensorflow.tflite.model import File
from modelport.frontends.tensorflow.tflite.packages import need
from modelport.frontends.tensorflow.tflite.read import is_tflite, read

__all__ = ["convert", "is_tflite", "load", "owns"]


def owns(model: object) -> bool:
    """Whether it is a file that ``load`` has read."""
    return isinstance(model, File)


def load(path: Path) -> LoadedModel:
    """Reads a file. Raises: MissingPackageError, ModelFileError, UnsupportedModelError."""
    need(str(path))
    return LoadedModel(read(path), digest(path))


def convert(loaded: LoadedModel, request: Request) -> ConvertedNet:
    """Converts what ``load`` has read. Raises: any UnsupportedError, SampleError, ConfigError."""
    from modelport.frontends.tensorflow.tflite.net import net_of

    return net_of(loaded, request)
