"""One operator of a .tflite file, as its handler sees it: its tensors by their place, its options, what it gives."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.model import Array, Operator, Tensor
from modelport.frontends.tensorflow.tflite.scope import Scope
from modelport.frontends.tensorflow.tflite.setting import Refusal

__all__ = ["Handler", "Node"]

_INT64 = ir.DataType.INT64


class Node:
    """One operator, for its handler."""

    def __init__(self, scope: Scope, operator: Operator) -> None:
        self.scope = scope
        self.operator = operator
        self.emit = scope.emit
        self.options = operator.options

    def has(self, place: int) -> bool:
        """Whether the input is there."""
        return place < len(self.operator.inputs) and self.operator.inputs[place] >= 0

    def tensor(self, place: int) -> Tensor:
        """An input's tensor."""
        return self.scope.tensor(self.operator.inputs[place])

    def output(self, place: int = 0) -> Tensor:
        """An output's tensor."""
        return self.scope.tensor(self.operator.outputs[place])

    def data(self, place: int) -> Array | None:
        """An input's constant."""
        return self.scope.data(self.operator.inputs[place])

    def constant(self, place: int, what: str) -> Array:
        """An input that has to be constant. Raises: Refusal."""
        found = self.data(place)
        if found is None:
            raise Refusal(f"{what} is computed, not constant")
        return found

    def rank(self, place: int = 0) -> int:
        """An input's number of axes."""
        return len(self.tensor(place).static)

    def axis(self, axis: int, place: int = 0) -> int:
        """An axis of an input counted from the front."""
        return axis + self.rank(place) if axis < 0 else axis

    def raw(self, place: int) -> Value:
        """An input as it is stored."""
        return self.scope.raw(self.operator.inputs[place])

    def real(self, place: int) -> Value:
        """The numbers of an input."""
        return self.scope.real(self.operator.inputs[place])

    def int64(self, place: int) -> Value:
        """An input of whole numbers (a shape, an axis) as int64."""
        data = self.data(place)
        return self.emit.constant(data, np.int64) if data is not None else self.emit.cast(self.raw(place), _INT64)

    def ints(self, place: int) -> Value:
        """The same with one axis."""
        data = self.data(place)
        if data is not None:
            return self.emit.constant(data.reshape(-1), np.int64)
        return self.emit.op("Reshape", self.int64(place), self.emit.ints(-1))

    def put(self, value: Value, place: int = 0) -> None:
        """An output as it is stored."""
        self.scope.put(self.operator.outputs[place], value)

    def put_real(self, value: Value, place: int = 0) -> None:
        """The numbers of an output, after the activation that the operator has built in."""
        self.scope.put_real(self.operator.outputs[place], self.activated(value) if not place else value)

    def put_final(self, value: Value) -> None:
        """The numbers of the output as they are: no activation is left to do."""
        self.scope.put_real(self.operator.outputs[0], value)

    def moved(self, places: Sequence[int], move: Callable[[Sequence[Value]], Value], output: int = 0) -> None:
        """An output that holds elements of inputs: integers move as they are where all have one scale."""
        scope = self.scope
        target = self.operator.outputs[output]
        if all(self.same(place, output) for place in places):
            scope.put(target, move([self.raw(place) for place in places]))
        else:
            scope.put_real(target, move([self.real(place) for place in places]))

    def same(self, place: int, output: int = 0) -> bool:
        """Whether an input's integers stand for the same numbers as an output's."""
        one = self.scope.quantized(self.operator.inputs[place])
        other = self.scope.quantized(self.operator.outputs[output])
        if one is None or other is None:
            return one is other
        return bool(np.array_equal(one.scale, other.scale) and np.array_equal(one.zero, other.zero))

    def activated(self, value: Value) -> Value:
        """The activation that stands in the options."""
        kind = int(getattr(self.options, "fusedActivationFunction", 0) or 0)
        if kind == 0:
            return value
        if kind == 1:
            return self.emit.op("Relu", value)
        if kind in (2, 3):
            low, high = (-1.0, 1.0) if kind == 2 else (0.0, 6.0)
            return self.emit.op("Clip", value, self.float(low), self.float(high))
        if kind == 4:
            return self.emit.op("Tanh", value)
        raise Refusal(f"activation {kind}")

    def float(self, number: float) -> Value:
        """A float32 constant."""
        return self.emit.constant(np.float32(number))

    def op(self, op_type: str, *inputs: Value | None, dtype: ir.DataType | None = None, **attributes: object) -> Value:
        """A node with one output."""
        return self.emit.op(op_type, *inputs, dtype=dtype, **attributes)  # type: ignore[arg-type]


Handler: TypeAlias = Callable[[Node], None]
