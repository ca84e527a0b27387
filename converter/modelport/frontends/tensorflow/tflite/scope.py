"""One graph of a .tflite file while it becomes ONNX: its tensors as values, real numbers behind quantized ones.

A handler asks for tensors by their place in an operator and puts its outputs. ``raw`` is the tensor as it is stored; ``real``
are the numbers that it stands for. Where the file's integers are kept both differ, and ``put_real`` rounds; where it is
dequantized both are floats, and ``put_real`` only keeps them within what the integers can say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.tensorflow.tflite.emit import Emitter, Value
from modelport.frontends.tensorflow.tflite.model import Array, File, Graph, Operator, Quantization, Tensor

__all__ = [
    "ELEMENTS",
    "FLOAT",
    "SELDOM",
    "Handler",
    "Node",
    "Quantized",
    "Refusal",
    "Scope",
    "Setting",
    "dequantized",
    "refused_error",
    "scale_and_zero",
]

Quantized: TypeAlias = Literal["keep", "dequantize"]
FLOAT = ir.DataType.FLOAT
_INT64 = ir.DataType.INT64

ELEMENTS = {
    "float32": ir.DataType.FLOAT,
    "float16": ir.DataType.FLOAT16,
    "float64": ir.DataType.DOUBLE,
    "int64": ir.DataType.INT64,
    "int32": ir.DataType.INT32,
    "int16": ir.DataType.INT16,
    "int8": ir.DataType.INT8,
    "uint8": ir.DataType.UINT8,
    "bool": ir.DataType.BOOL,
    "string": ir.DataType.STRING,
}


# How often another kernel rounds to the neighbour: measured, kernels of TensorFlow Lite differ among themselves in up to one
# of eight numbers (averages, interpolation), those of sums of products in one of two hundred.
_OFTEN = 1 / 4
SELDOM = 1 / 16


class Refusal(Exception):  # noqa: N818  # it is collected with others and never leaves the front end
    """Raised by a handler for what it cannot compute exactly; the text says why."""


@dataclass
class Setting:
    """What holds for a whole conversion.

    ``noise`` makes the twin of the graph in which roundings err, for the bounds; ``steps`` counts its errors. ``made`` are the
    values of the first graph's tensors with their names, as they are computed.
    """

    file: File
    handlers: Mapping[str, "Handler"]
    quantized: Quantized
    noise: bool = False
    refused: dict[str, int] = field(default_factory=dict)
    steps: int = 0
    made: list[tuple[Value, str]] = field(default_factory=list)


class Scope:
    """Emits one graph. ``given`` are the values of its inputs."""

    def __init__(self, setting: Setting, graph: Graph, emit: Emitter, given: Sequence[Value]) -> None:
        self.setting = setting
        self.graph = graph
        self.emit = emit
        self._raw: dict[int, Value] = dict(zip(graph.inputs, given, strict=True))
        self._real: dict[int, Value] = {}
        self._folded: dict[int, int] = {}
        self._clean: dict[int, Value] = {}

    def run(self) -> list[Value]:
        """Emits every operator and returns the outputs; what is refused is noted in the setting, and stands for nothing."""
        for operator in self.graph.operators:
            handler = self.setting.handlers.get(operator.code)
            if handler is None:
                self._refuse(operator, None)
                continue
            try:
                handler(Node(self, operator))
            except Refusal as why:
                self._refuse(operator, str(why))
            except (AttributeError, IndexError):
                # A spoilt file: inputs or options that the schema does not give this operator.
                self._refuse(operator, "with inputs or options that do not fit it")
            if self.graph is self.setting.file.graphs[0]:
                self.setting.made += [
                    (self._raw[place], self.tensor(place).name) for place in operator.outputs if place in self._raw
                ]
        return [] if self.setting.refused else [self.result(place) for place in self.graph.outputs]

    def _refuse(self, operator: Operator, why: str | None) -> None:
        text = operator.code.removeprefix("CUSTOM ") if operator.code.startswith("CUSTOM ") else operator.code
        if operator.code.startswith("CUSTOM "):
            why = "of TensorFlow itself (flex)" if text.startswith("Flex") else "custom"
        text = f"{text} ({why})" if why else text
        self.setting.refused[text] = self.setting.refused.get(text, 0) + 1
        for place in operator.outputs:
            # Something to go on with, so that all that is refused is found at once.
            element = ELEMENTS.get(self.graph.tensors[place].dtype, FLOAT)
            self._raw[place] = ir.Value(name=self.emit.name("refused"), type=ir.TensorType(element))

    def inline(self, graph: int, emit: Emitter, given: Sequence[Value]) -> list[Value]:
        """Emits another graph of the file into ``emit``."""
        return Scope(self.setting, self.setting.file.graphs[graph], emit, given).run()

    def tensor(self, place: int) -> Tensor:
        """The tensor at a place in the graph."""
        return self.graph.tensors[place]

    def data(self, place: int) -> Array | None:
        """Its constant, None where it is computed."""
        return self.tensor(place).data

    def folded(self, place: int) -> int:
        """The constant of which the operator DEQUANTIZE makes this tensor, itself where there is none."""
        return self._folded.get(place, place)

    def fold(self, place: int, source: int) -> None:
        """Notes that a tensor is a constant in another type."""
        self._folded[place] = source

    def quantized(self, place: int) -> Quantization | None:
        """How its integers stand for real numbers, None where they are none."""
        tensor = self.tensor(place)
        return tensor.quantization if tensor.quantized else None

    def keeps(self, place: int) -> bool:
        """Whether the value is integers that stand for real numbers."""
        return self.quantized(place) is not None and self.setting.quantized == "keep"

    def raw(self, place: int) -> Value:
        """The value as it is stored; in a graph without quantization real numbers in the place of its integers."""
        if place not in self._raw:
            tensor = self.tensor(place)
            if tensor.data is None:
                raise Refusal(f"{tensor.name!r} is state that stays from call to call")
            if self.quantized(place) is not None and self.setting.quantized == "dequantize":
                return self.real(place)
            self._raw[place] = self.emit.constant(tensor.data)
        return self._raw[place]

    def real(self, place: int) -> Value:
        """The numbers that the tensor stands for."""
        if place not in self._real:
            self._real[place] = self._dequantized(place)
        return self._real[place]

    def _dequantized(self, place: int) -> Value:
        quantization, tensor = self.quantized(place), self.tensor(place)
        if quantization is None:
            return self.raw(place)
        if self.setting.quantized == "dequantize":
            if place in self._raw:
                return self._raw[place]
            if tensor.data is None:
                raise Refusal(f"{tensor.name!r} is state that stays from call to call")
            return self.emit.constant(dequantized(tensor.data, quantization))
        return self.stepped_down(self.raw(place), quantization, tensor.dtype)

    def stepped_down(self, value: Value, quantization: Quantization, dtype: str, axis: int | None = None) -> Value:
        """DequantizeLinear of stored integers."""
        scale, zero = scale_and_zero(quantization, dtype)
        along = quantization.axis if axis is None else axis
        attributes = {} if quantization.per_tensor else {"axis": along}
        return self.emit.op(
            "DequantizeLinear",
            value,
            self.emit.constant(scale),
            self.emit.constant(zero),
            dtype=FLOAT,
            **attributes,
        )

    def put(self, place: int, value: Value) -> None:
        """The tensor is this value, as it is stored."""
        self._raw[place] = value

    def put_real(self, place: int, value: Value) -> None:
        """The tensor stands for these numbers: they are rounded to its integers, or kept within their range."""
        quantization = self.quantized(place)
        if quantization is None:
            self._raw[place] = value
            return
        dtype = self.tensor(place).dtype
        if self.setting.quantized == "keep":
            scale, zero = scale_and_zero(quantization, dtype)
            given = self.emit.op(
                "QuantizeLinear",
                value,
                self.emit.constant(scale),
                self.emit.constant(zero),
                dtype=ELEMENTS[dtype],
            )
            # Kernels of 16 bits interpolate in tables: a curve of theirs is off by more than its rounding.
            self.put_steps(place, given, _OFTEN, last=dtype != "int16")
            return
        self._raw[place] = self.within(place, value)

    def within(self, place: int, value: Value) -> Value:
        """Dequantized: the numbers within what the integers can say; in the twin moved as far as rounding moves them."""
        quantization, dtype = self.quantized(place), self.tensor(place).dtype
        assert quantization is not None
        scale, zero = scale_and_zero(quantization, dtype)
        limits = np.iinfo(dtype)
        low = np.float32((int(limits.min) - int(zero)) * np.float64(scale))
        high = np.float32((int(limits.max) - int(zero)) * np.float64(scale))
        limited = self.emit.op("Clip", value, self.emit.constant(low), self.emit.constant(high))
        if not self.setting.noise:
            return limited
        self._clean[place] = limited
        unit = self.emit.constant(np.float32(scale))
        error = self.emit.op("Mul", self.chance(self.emit.op("Div", limited, unit)), unit)
        return self.emit.op("Add", limited, error)

    def put_steps(self, place: int, value: Value, odds: float, *, last: bool = True) -> None:
        """The tensor is these integers, newly rounded; in the twin one step beside them with that probability.

        ``last`` says that an output of the model does so by no more than one step.
        """
        if self.setting.noise:
            if last:
                self._clean[place] = value
            wide = self.emit.cast(value, FLOAT)
            # What is beyond a half by more than 1 - odds of its range is rounded to one step.
            spread = self.emit.op("Mul", self.chance(wide), self.emit.constant(np.float32(1 / (1 - odds))))
            moved = self.emit.op("Add", wide, self.emit.op("Round", spread))
            limits = np.iinfo(self.tensor(place).dtype)
            low, high = np.float32(limits.min), np.float32(limits.max)
            moved = self.emit.op("Clip", moved, self.emit.constant(low), self.emit.constant(high))
            assert value.dtype is not None
            value = self.emit.cast(moved, value.dtype)
        self._raw[place] = value

    def chance(self, value: Value) -> Value:
        """Numbers from -0.5 to 0.5 that follow from the value and a throw for the whole run: equal values err alike."""
        self.setting.steps += 1
        emit = self.emit
        drawn = emit.op(
            "RandomUniform", dtype=FLOAT, shape=[1], low=1.0, high=99.0, seed=float(self.setting.steps)
        )  # a factor; its fraction is the throw's phase too
        waves = emit.op("Add", emit.op("Mul", value, drawn), emit.op("Mul", drawn, emit.constant(np.float32(0.37))))
        down = emit.op("Floor", waves)
        return emit.op("Sub", emit.op("Sub", waves, down), emit.constant(np.float32(0.5)))

    def enter(self, place: int) -> None:
        """An input of the whole model: quantized integers are what callers give, whatever the graph computes with."""
        quantization = self.quantized(place)
        if quantization is not None and self.setting.quantized == "dequantize":
            self._raw[place] = self.stepped_down(self._raw[place], quantization, self.tensor(place).dtype)

    def leave(self, place: int) -> Value:
        """An output of the whole model, in the type that callers get; of the twin in steps that are not rounded."""
        quantization, value = self.quantized(place), self.result(place)
        if quantization is None or self.setting.quantized == "keep":
            return value
        dtype = self.tensor(place).dtype
        scale, zero = scale_and_zero(quantization, dtype)
        if self.setting.noise:
            return self.emit.op("Div", value, self.emit.constant(scale))
        return self.emit.op(
            "QuantizeLinear", value, self.emit.constant(scale), self.emit.constant(zero), dtype=ELEMENTS[dtype]
        )

    def result(self, place: int) -> Value:
        """An output of the graph: of the twin without the error of its own last rounding, which is added to the bound."""
        return self._clean.get(place) or self.raw(place)


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


def dequantized(data: Array, quantization: Quantization) -> Array:
    """scale * (stored - zero) in float32, along the axis of the scales."""
    shape = [1] * data.ndim
    if not quantization.per_tensor:
        shape[quantization.axis] = -1
    centred = data.astype(np.int64) - quantization.zero.reshape(
        shape if not quantization.per_tensor else [1] * data.ndim
    )
    scaled: Array = centred.astype(np.float32) * quantization.scale.reshape(shape if data.ndim else [])
    return scaled


def scale_and_zero(quantization: Quantization, dtype: str) -> tuple[Array, Array]:
    """As the operators of ONNX take them: scalars where one pair holds for all elements."""
    scale, zero = quantization.scale, quantization.zero.astype(dtype)
    if quantization.per_tensor:
        return scale.reshape(()), zero.reshape(())
    return scale, zero


def refused_error(refused: Mapping[str, int], where: str) -> UnsupportedModelError:
    """One error that names every operator that is refused, with counts."""
    listed = "; ".join(f"{name}{f' x {count}' if count > 1 else ''}" for name, count in sorted(refused.items()))
    return UnsupportedModelError(
        f"{sum(refused.values())} operator(s) cannot be converted: {listed}",
        where=where,
        fix="convert the model to .tflite with built-in operators only (no custom or flex ones), or ask for them in an issue",
    )
