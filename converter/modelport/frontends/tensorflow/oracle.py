"""The original as the oracle: an eager call on the CPU, out of training mode, in the types in which it was handed over."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from modelport.errors import SampleError, UnsupportedTypeError
from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends.tensorflow.framework import on_cpu, tensorflow
from modelport.frontends.tensorflow.layers import watched
from modelport.frontends.tensorflow.net import Net

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensor, Tensors

__all__ = ["TensorFlowOracle", "as_array", "asked", "called", "reason"]


# Any: a tensor of TensorFlow.
def as_array(name: str, tensor: Any) -> Tensor:
    """The values of a tensor; texts as str, bfloat16 as float32. Raises: UnsupportedTypeError for what no target carries."""
    if getattr(getattr(tensor, "dtype", None), "name", "") == "bfloat16":
        tensor = tensorflow().cast(tensor, "float32")
    array = tensor.numpy() if hasattr(tensor, "numpy") else None
    if array is None or not hasattr(tensor, "dtype") or np.asarray(array).dtype.kind not in "fiubOS":
        kind = getattr(getattr(tensor, "dtype", None), "name", type(tensor).__name__)
        raise UnsupportedTypeError(
            f"{name!r} is {kind}: no target carries it",
            where="inputs and outputs",
            fix="let the model take and give dense float32 tensors and convert inside",
        )
    array = np.asarray(array)
    if array.dtype.kind in "OS":
        texts = [item.decode("utf-8") if isinstance(item, bytes) else str(item) for item in array.ravel()]
        return np.array(texts, dtype=object).reshape(array.shape)
    return array


def reason(err: Exception) -> str:
    """The line of an error that says what is wrong; TensorFlow and Keras put the place before it or arguments behind it."""
    text = _COLOURS.sub("", str(getattr(err, "message", None) or err))
    lines = [line.strip() for line in text.strip().split("\n")]
    return next((line for line in lines if line and not line.startswith("Exception encountered")), type(err).__name__)


def asked(net: Net, inputs: Tensors) -> Any:
    """Returns what the net returns. Raises: OracleRefusalError with the framework's message."""
    tf = tensorflow()
    try:
        with on_cpu(), warnings.catch_warnings():
            # Advice to those who train, such as on the softmax of a sequence of one: no reason to refuse a call.
            warnings.simplefilter("ignore")
            return net.call([tf.constant(inputs[stated.name], dtype=stated.dtype) for stated in net.inputs])
    except Exception as err:  # a model raises whatever its author, Keras or TensorFlow does
        raise OracleRefusalError(reason(err)) from err


def called(net: Net, sample: Tensors) -> Any:
    """Returns what the net returns for the caller's sample. Raises: SampleError with the framework's message."""
    try:
        return asked(net, sample)
    except OracleRefusalError as err:
        raise SampleError(
            f"the model does not take the sample: {err}", where="--data", fix="give tensors that it takes"
        ) from err


class TensorFlowOracle:
    """Calls the net with tensors by name."""

    def __init__(self, net: Net, outputs: Sequence[str]) -> None:
        self._net = net
        self._outputs = outputs

    def ask(self, inputs: Tensors) -> Tensors:
        """Returns the outputs by name.

        Raises: OracleRefusalError with the framework's message.
        """
        named = self._net.named(asked(self._net, inputs))
        return {name: as_array(name, value) for name, (_, value) in zip(self._outputs, named, strict=True)}

    def trace(self, inputs: Tensors) -> Tensors:
        """Returns the output of each layer that gives one tensor; of a layer that is called several times the last."""
        found: dict[str, Tensor] = {}
        if self._net.model is None:
            return found

        def note(name: str, output: Any) -> None:
            if tensorflow().is_tensor(output) and hasattr(output, "numpy"):
                array = output.numpy()
                found[name] = array.astype(np.float32) if array.dtype.name == "bfloat16" else np.asarray(array)

        with watched(self._net.model, note):
            asked(self._net, inputs)
        return found
