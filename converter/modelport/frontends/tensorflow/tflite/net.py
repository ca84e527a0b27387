"""Compiles a .tflite file to a Program and keeps the interpreter as its oracle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import onnx_ir as ir

from modelport.errors import ConfigError, UnsupportedModelError
from modelport.evidence.steps import Twin
from modelport.frontends._net_assembly import Parts, assembled
from modelport.frontends._net_axes import BATCH, dynamic_axes
from modelport.frontends._packages import installed
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.tensorflow.tflite.emit import Emitter
from modelport.frontends.tensorflow.tflite.entry import Entry, entry_of, units
from modelport.frontends.tensorflow.tflite.kernels import zeros_left_out
from modelport.frontends.tensorflow.tflite.lowering import lower
from modelport.frontends.tensorflow.tflite.model import File
from modelport.frontends.tensorflow.tflite.ops import HANDLERS
from modelport.frontends.tensorflow.tflite.oracle import TfliteOracle
from modelport.frontends.tensorflow.tflite.quantization import Quantized
from modelport.frontends.tensorflow.tflite.sample import sample_of
from modelport.frontends.tensorflow.tflite.scope import Scope
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Setting, refused_error

__all__ = ["net_of"]

# How many standard deviations are accepted, and why.
_REACH: dict[Quantized, tuple[float, str]] = {
    "keep": (
        3.0,
        "each rounding to the integers of the file may fall one step beside the interpreter's, whose kernels round by other "
        "arithmetic; three standard deviations of what it does to the output that one number of four does so, of sums of products "
        "one of sixteen, and one step for its own rounding",
    ),
    "dequantize": (
        6.0,
        "each number is up to half a step beside the integer that the interpreter rounds it to; six standard deviations of what "
        "that does to the output, and one step where the output is rounded itself",
    ),
}

_ZERO = (
    "the interpreter's kernel of BATCH_MATMUL takes the zero of its second factor for 0, and so does model.onnx; "
    "kernels of other processors may not"
)


def net_of(loaded: LoadedModel, request: Request) -> ConvertedNet:
    """Converts one file.

    Raises: UnsupportedModelError naming every operator that is refused; UnsupportedTypeError, SampleError, ConfigError.
    """
    file = loaded.model
    assert isinstance(file, File)
    if request.module is not None:
        raise ConfigError("a .tflite file holds its graph", where="--module", fix="leave it out")
    entry = entry_of(file, request.signature)
    mode: Quantized = "dequantize" if request.quantized == "dequantize" else "keep"
    axes = _axes(entry, request)
    sample, notes = sample_of(entry, axes, request.rows)
    oracle = TfliteOracle(file, entry.signature, entry.inputs, entry.outputs)
    setting = Setting(file, HANDLERS, mode, zeros_left_out=zeros_left_out(entry, oracle, sample))
    model, named = _graph(entry, axes, setting)
    quantized = any(tensor.quantized for graph in file.graphs for tensor in graph.tensors)
    notes += [f"quantized weights and activations: {mode}"] if quantized else []
    notes += [_ZERO] if setting.zeros_left_out else []
    parts = Parts(
        model=model,
        oracle=oracle,
        sample=sample,
        outputs=list(entry.outputs),
        axes=axes,
        framework="TensorFlow Lite",
        kind="tensorflow.lite.Interpreter",
        packages=installed(("tensorflow", "tensorflow-cpu", "ai-edge-litert", "numpy")),
        layers=named,
        notes=notes,
        stated=units(entry),
    )
    net = assembled(parts, loaded, request, file.name)
    return replace(net, twin=_twin(entry, axes, setting)) if quantized else net


def _twin(entry: Entry, axes: Mapping[str, Mapping[int, str]], setting: Setting) -> Twin:
    hybrid = all(not tensor.quantized or tensor.data is not None for tensor in entry.graph.tensors)
    deviations, reason = _REACH["dequantize" if hybrid else setting.quantized]
    noisy = replace(setting, noise=True, refused={}, made=[])
    return Twin(_graph(entry, axes, noisy)[0], _steps(entry, setting.quantized), deviations, reason)


def _steps(entry: Entry, mode: Quantized) -> dict[str, float]:
    """What one step is of the outputs that are rounded last of all: 1 of integers, their scale where these are then made floats."""
    tensors = entry.graph.tensors
    made = {
        operator.outputs[0]: operator.inputs[0] for operator in entry.graph.operators if operator.code == "DEQUANTIZE"
    }
    found = {}
    for name, place in entry.outputs.items():
        source = tensors[made[place]] if place in made else None
        if tensors[place].quantized:
            found[name] = 1.0
        elif mode == "keep" and source is not None and source.quantized and source.data is None and source.quantization:
            found[name] = float(source.quantization.scale[0])
    return found


@dataclass(frozen=True)
class _Shaped:
    """As ``dynamic_axes`` asks tensors: only their shape."""

    shape: tuple[int, ...]


def _axes(entry: Entry, request: Request) -> dict[str, dict[int, str]]:
    """The axes that the file leaves open, and those that are asked for besides."""
    tensors = {name: entry.graph.tensors[place] for name, place in entry.inputs.items()}
    shaped = [(name, _Shaped(tensor.static)) for name, tensor in tensors.items()]
    asked = dynamic_axes(shaped, ["fixed", *request.dynamic])
    found: dict[str, dict[int, str]] = {}
    for name, tensor in tensors.items():
        own = {
            axis: BATCH if axis == 0 else f"{name}_{axis}"
            for axis, length in enumerate(tensor.shape)
            if length is None and "fixed" not in request.dynamic
        }
        found[name] = own | asked[name]
    return found


def _graph(entry: Entry, axes: Mapping[str, Mapping[int, str]], setting: Setting) -> tuple[ir.Model, dict[str, str]]:
    """The graph, and the tensor of the file that each of its values is."""
    emit = Emitter()
    inputs: list[ir.Value] = []
    for name, place in entry.inputs.items():
        tensor = entry.graph.tensors[place]
        shape = [axes[name].get(axis, length) for axis, length in enumerate(tensor.static)]
        element = ELEMENTS.get(tensor.dtype)
        if element is None:
            raise UnsupportedModelError(
                f"{name!r} is {tensor.dtype}", where=entry.file.name, fix="convert the model with float inputs"
            )
        inputs.append(ir.Value(name=name, type=ir.TensorType(element), shape=ir.Shape(shape)))
    by_place = dict(zip(entry.inputs.values(), inputs, strict=True))
    scope = Scope(setting, entry.graph, emit, [by_place[place] for place in entry.graph.inputs])
    for place in entry.inputs.values():
        scope.enter(place)
    lower(scope)
    if setting.refused:
        raise refused_error(setting.refused, entry.file.name)
    outputs = [scope.leave(place) for place in entry.outputs.values()]
    model = _finished(entry, emit, inputs, outputs, axes)
    present = {id(value) for node in model.graph for value in node.outputs}
    return model, {str(value.name): name for value, name in setting.made if id(value) in present}


def _finished(
    entry: Entry, emit: Emitter, inputs: list[ir.Value], outputs: list[ir.Value], axes: Mapping[str, Mapping[int, str]]
) -> ir.Model:
    given = [emit.op("Identity", value) for value in outputs]
    for value, (name, place) in zip(given, entry.outputs.items(), strict=True):
        value.name = name
        tensor = entry.graph.tensors[place]
        value.dtype = value.dtype or ELEMENTS[tensor.dtype]
        batch = any(BATCH in named.values() for named in axes.values())
        shape = [
            (BATCH if axis == 0 and batch else None) if length is None else length
            for axis, length in enumerate(tensor.shape)
        ]
        value.shape = ir.Shape(shape)
    return emit.model(inputs, given)
