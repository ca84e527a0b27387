"""The interpreter as the oracle: as a user calls it, with the delegates that it takes by itself."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelport.evidence.cases import Tensor, Tensors
from modelport.evidence.oracle import OracleRefusalError
from modelport.frontends.tensorflow.tflite.model import File, Signature
from modelport.frontends.tensorflow.tflite.packages import interpreter_class
from modelport.ir.texts import as_texts

__all__ = ["TfliteOracle"]


class TfliteOracle:
    """Asks an interpreter. ``inputs`` and ``outputs`` are names of the contract by the tensor's place in its graph."""

    def __init__(
        self, file: File, signature: Signature | None, inputs: Mapping[str, int], outputs: Mapping[str, int]
    ) -> None:
        self._file = file
        self._signature = signature
        self._inputs = inputs
        self._outputs = outputs
        self._kind = interpreter_class()
        # Any: the interpreter of a framework without types.
        self._interpreter: Any = None
        self._shapes: dict[str, tuple[int, ...]] = {}

    def ask(self, inputs: Tensors) -> Tensors:
        """Returns the outputs by name.

        Raises: OracleRefusalError with the interpreter's message; for empty tensors, for which its kernels are not made.
        """
        if any(not value.size for value in inputs.values()):
            raise OracleRefusalError("TensorFlow Lite is not asked for empty tensors: its kernels may end the process")
        try:
            return self._asked(inputs)
        except (ValueError, RuntimeError, TypeError) as err:
            self._interpreter = None
            raise OracleRefusalError(str(err).strip().split("\n")[0] or type(err).__name__) from err

    def trace(self, inputs: Tensors) -> Tensors:
        """Returns every tensor that an operator of the first graph gives, by its name; computed without delegates."""
        if self._signature is not None and self._signature.graph:
            return {}
        interpreter = self._open(experimental_preserve_all_tensors=True)
        self._fill(interpreter, inputs)
        interpreter.invoke()
        graph = self._file.graphs[0]
        found = {}
        for operator in graph.operators:
            for place in operator.outputs:
                with contextlib.suppress(ValueError):  # the interpreter keeps no memory of some
                    found[graph.tensors[place].name] = np.array(interpreter.get_tensor(place))
        return found

    def _open(self, **settings: Any) -> Any:
        return self._kind(model_path=self._file.path, num_threads=1, **settings)

    def _asked(self, inputs: Tensors) -> Tensors:
        if self._interpreter is None:
            self._interpreter = self._open()
            self._shapes = {}
        interpreter = self._interpreter
        if self._signature is not None and self._signature.graph:
            runner = interpreter.get_signature_runner(self._signature.key)
            given = {name: _given(value) for name, value in inputs.items()}
            answers = runner(**{key: given[name] for key, name in self._keys(self._signature.inputs, self._inputs)})
            pairs = self._keys(self._signature.outputs, self._outputs)
            return {name: _made(answers[key]) for key, name in pairs}
        self._fill(interpreter, inputs)
        interpreter.reset_all_variables()
        interpreter.invoke()
        return {name: _made(interpreter.get_tensor(place)) for name, place in self._outputs.items()}

    def _fill(self, interpreter: Any, inputs: Tensors) -> None:
        shapes = {name: value.shape for name, value in inputs.items()}
        if interpreter is not self._interpreter or shapes != self._shapes:
            for name, place in self._inputs.items():
                interpreter.resize_tensor_input(place, shapes[name])
            interpreter.allocate_tensors()
            if interpreter is self._interpreter:
                self._shapes = shapes
        for name, place in self._inputs.items():
            interpreter.set_tensor(place, _given(inputs[name]).reshape(shapes[name]))

    @staticmethod
    def _keys(keys: Mapping[str, int], names: Mapping[str, int]) -> Sequence[tuple[str, str]]:
        by_place = {place: name for name, place in names.items()}
        return [(key, by_place[place]) for key, place in keys.items() if place in by_place]


def _given(value: Tensor) -> Tensor:
    """As the interpreter takes it: texts as bytes."""
    if value.dtype.kind != "O":
        return np.ascontiguousarray(value)
    return np.array([text.encode() for text in value.ravel().tolist()], dtype=object).reshape(value.shape)


# Any: an array of the interpreter's.
def _made(value: Any) -> Tensor:
    """A copy of what the interpreter gave, its texts as str."""
    return as_texts(value) if value.dtype.kind in "OSU" else np.array(value)
