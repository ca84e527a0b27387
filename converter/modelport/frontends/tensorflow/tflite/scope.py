"""One graph of a .tflite file while it becomes ONNX: its tensors as values, real numbers behind quantized ones.

A handler asks for tensors by their place in an operator and puts its outputs. ``raw`` is the tensor as it is stored; ``real``
are the numbers that it stands for. Where the file's integers are kept both differ, and ``put_real`` rounds; where it is
dequantized both are floats, and ``put_real`` only keeps them within what the integers can say.
"""

from collections.abc import Sequence

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Emitter, Value
from modelport.frontends.tensorflow.tflite.model import Array, Graph, Quantization, Tensor
from modelport.frontends.tensorflow.tflite.quantization import dequantized, scale_and_zero
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, FLOAT, Refusal, Setting

__all__ = ["SELDOM", "Scope"]

# How often another kernel rounds to the neighbour: measured, kernels of TensorFlow Lite differ among themselves in up to one
# of eight numbers (averages, interpolation), those of sums of products in one of two hundred.
_OFTEN = 1 / 4
SELDOM = 1 / 16


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

    def made(self, places: Sequence[int]) -> list[tuple[Value, str]]:
        """Those of the tensors that have a value by now, each with its name in the file."""
        return [(self._raw[place], self.tensor(place).name) for place in places if place in self._raw]

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
