"""Where the interpreter and the schema of TensorFlow Lite come from: TensorFlow, or LiteRT, which follows it."""

import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from modelport.errors import MissingPackageError
from modelport.frontends.tensorflow.framework import tensorflow

__all__ = ["interpreter_class", "need", "schema"]

_LITERT = "ai_edge_litert"


def need(where: str) -> None:
    """Raises: MissingPackageError where neither is installed."""
    if find_spec("tensorflow") is None and find_spec(_LITERT) is None:
        raise MissingPackageError(
            "converting a .tflite file needs TensorFlow or ai-edge-litert",
            where=where,
            fix="pip install 'modelport[tensorflow]'",
        )


# Any here: modules and classes without types.
def schema() -> Any:
    """The classes of the schema of .tflite files."""
    if find_spec("tensorflow") is not None:
        tensorflow()
        from tensorflow.lite.python import schema_py_generated

        code: Any = schema_py_generated
    else:
        code = import_module(f"{_LITERT}.schema_py_generated")
    return code


def interpreter_class() -> Any:
    """The interpreter, as users call it: ``Interpreter(path)``, with the delegates that it takes by itself."""
    if find_spec("tensorflow") is None:
        return import_module(f"{_LITERT}.interpreter").Interpreter
    interpreter: Any = tensorflow().lite.Interpreter

    class Quiet(interpreter):  # type: ignore[misc]  # TensorFlow has no types
        """Without the warning that LiteRT will take its place."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                super().__init__(*args, **kwargs)

    return Quiet
