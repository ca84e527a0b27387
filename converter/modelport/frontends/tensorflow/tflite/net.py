"""Compiles a .tflite file to a Program and keeps the interpreter as its oracle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import onnx_ir as ir

from modelport.errors import ConfigError, SampleError, UnsupportedModelError, did_you_mean
from modelport.evidence.cases import Tensor as Array
from modelport.evidence.cases import Tensors
from modelport.evidence.steps import Twin
from modelport.frontends._net_assembly import Parts, assembled
from modelport.frontends._net_axes import BATCH, dynamic_axes
from modelport.frontends._net_names import apart, unique
from modelport.frontends._packages import installed
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.tensorflow.tflite.emit import Emitter
from modelport.frontends.tensorflow.tflite.model import File, Graph, Signature, Tensor
from modelport.frontends.tensorflow.tflite.ops import HANDLERS
from modelport.frontends.tensorflow.tflite.oracle import TfliteOracle
from modelport.frontends.tensorflow.tflite.scope import ELEMENTS, Quantized, Scope, Setting, refused_error
from modelport.ir.named_tensors import named_tensors

__all__ = ["net_of"]

_SEED = 20
# Where the sample gives no length.
_BATCH, _LENGTH = 2, 5
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


@dataclass(frozen=True)
class _Entry:
    """What callers give and get: names and places in one graph of the file."""

    file: File
    graph: Graph
    signature: Signature | None
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]


def net_of(loaded: LoadedModel, request: Request) -> ConvertedNet:
    """Converts one file.

    Raises: UnsupportedModelError naming every operator that is refused; UnsupportedTypeError, SampleError, ConfigError.
    """
    file = loaded.model
    assert isinstance(file, File)
    if request.module is not None:
        raise ConfigError("a .tflite file holds its graph", where="--module", fix="leave it out")
    entry = _entry(file, request.signature)
    mode: Quantized = "dequantize" if request.quantized == "dequantize" else "keep"
    axes = _axes(entry, request)
    sample, notes = _sample(entry, axes, request.rows)
    model, named = _graph(entry, axes, mode, noise=False)
    quantized = any(tensor.quantized for graph in file.graphs for tensor in graph.tensors)
    notes += [*_units(entry), *([f"quantized weights and activations: {mode}"] if quantized else [])]
    oracle = TfliteOracle(file, entry.signature, entry.inputs, entry.outputs)
    parts = Parts(
        model=model,
        oracle=oracle,
        sample=sample,
        outputs=list(entry.outputs),
        axes=axes,
        framework="TensorFlow Lite",
        kind="tensorflow.lite.Interpreter",
        packages=installed(("tensorflow", "tensorflow-cpu", "ai-edge-litert", "numpy")),
        layers={} if quantized else named,
        notes=notes,
    )
    net = assembled(parts, loaded, request, file.name)
    return replace(net, twin=_twin(entry, axes, mode)) if quantized else net


def _twin(entry: _Entry, axes: Mapping[str, Mapping[int, str]], mode: Quantized) -> Twin:
    rounded = {name for name, place in entry.outputs.items() if entry.graph.tensors[place].quantized}
    hybrid = all(not tensor.quantized or tensor.data is not None for tensor in entry.graph.tensors)
    deviations, reason = _REACH["dequantize" if hybrid else mode]
    return Twin(_graph(entry, axes, mode, noise=True)[0], frozenset(rounded), deviations, reason)


def _entry(file: File, key: str | None) -> _Entry:
    keys = [one.key for one in file.signatures]
    if key is not None and key not in keys:
        raise ConfigError(f"the file has no signature {key!r}", where="--signature", fix=did_you_mean(key, keys))
    if key is None and len(keys) > 1:
        raise ConfigError(
            f"the file has {len(keys)} signatures: {', '.join(keys)}",
            where=file.name,
            fix="choose one with --signature",
        )
    signature = next((one for one in file.signatures if key in (None, one.key)), None)
    graph = file.graphs[signature.graph if signature is not None else 0]
    if signature is not None:
        inputs, outputs = dict(signature.inputs), dict(signature.outputs)
        if set(inputs.values()) != set(graph.inputs):
            signature = None if not signature.graph else signature
            inputs = _named(graph, graph.inputs)
    if signature is None:
        inputs, outputs = _named(graph, graph.inputs), _named(graph, graph.outputs)
    names = apart(list(outputs), list(inputs))
    return _Entry(file, graph, signature, inputs, dict(zip(names, outputs.values(), strict=True)))


def _named(graph: Graph, places: tuple[int, ...]) -> dict[str, int]:
    """Tensors by their names in the file, less TensorFlow's ':0'."""
    return dict(
        unique([(graph.tensors[place].name.removesuffix(":0") or f"tensor_{place}", place) for place in places])
    )


@dataclass(frozen=True)
class _Shaped:
    """As ``dynamic_axes`` asks tensors: only their shape."""

    shape: tuple[int, ...]


def _axes(entry: _Entry, request: Request) -> dict[str, dict[int, str]]:
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


def _sample(entry: _Entry, axes: Mapping[str, Mapping[int, str]], given: object) -> tuple[Tensors, list[str]]:
    """The caller's tensors, or some that are drawn: the file says their shapes."""
    tensors = {name: entry.graph.tensors[place] for name, place in entry.inputs.items()}
    if given is None:
        rng = np.random.default_rng(_SEED)
        drawn = {name: _drawn(entry, name, tensor, axes[name], rng) for name, tensor in tensors.items()}
        return drawn, [
            "no sample was given: the proof is made with tensors drawn by chance from the ranges of the file"
        ]
    named = named_tensors(given, list(tensors))
    sample: dict[str, Array] = {}
    wrong: list[str] = []
    for name, tensor in tensors.items():
        array = named[name]
        if tensor.dtype not in ("string", array.dtype) and array.dtype.kind == np.dtype(tensor.dtype).kind:
            array = array.astype(tensor.dtype)
        wanted = [axes[name].get(axis, length) for axis, length in enumerate(tensor.static)]
        fits = array.ndim == len(wanted) and all(
            isinstance(w, str) or w == n for w, n in zip(wanted, array.shape, strict=True)
        )
        if not fits or tensor.dtype not in ("string", array.dtype):
            wrong.append(f"{name!r} is {array.dtype} {list(array.shape)}, the file takes {tensor.dtype} {wanted}")
        sample[name] = array
    if wrong:
        raise SampleError("; ".join(wrong), where="--data", fix="give tensors of these types and shapes")
    return sample, []


def _drawn(entry: _Entry, name: str, tensor: Tensor, axes: Mapping[int, str], rng: np.random.Generator) -> Array:
    if tensor.dtype == "string":
        raise SampleError(f"{name!r} takes text", where=entry.file.name, fix="give sample tensors: --data inputs.npz")
    lengths = {BATCH: _BATCH}
    shape = [lengths.get(axes[axis], _LENGTH) if axis in axes else length for axis, length in enumerate(tensor.static)]
    kind = np.dtype(tensor.dtype)
    if kind.kind == "b":
        return rng.random(shape) < 0.5
    if tensor.quantized:
        limits = np.iinfo(kind)
        return rng.integers(limits.min, limits.max, size=shape, endpoint=True).astype(kind)
    if kind.kind in "iu":
        return rng.integers(0, _most(entry, name), size=shape, endpoint=True).astype(kind)
    low, high = _range(entry, name)
    return (low + (high - low) * rng.random(shape)).astype(kind)


def _range(entry: _Entry, name: str) -> tuple[float, float]:
    """What the first rounding of an input can tell apart; -2 to 2 where nothing rounds it."""
    place = entry.inputs[name]
    for operator in entry.graph.operators:
        if operator.code == "QUANTIZE" and operator.inputs[0] == place:
            target = entry.graph.tensors[operator.outputs[0]]
            if target.quantization is not None:
                limits = np.iinfo(target.dtype)
                zero, scale = int(target.quantization.zero[0]), float(target.quantization.scale[0])
                return (limits.min - zero) * scale, (limits.max - zero) * scale
    return -2.0, 2.0


def _most(entry: _Entry, name: str) -> int:
    """The last row of a table that the input looks up, 1 where it looks up none."""
    place = entry.inputs[name]
    for operator in entry.graph.operators:
        rows = {"GATHER": (1, 0), "EMBEDDING_LOOKUP": (0, 1)}.get(operator.code)
        if rows is not None and operator.inputs[rows[0]] == place:
            return max(entry.graph.tensors[operator.inputs[rows[1]]].static[0] - 1, 0)
    return 1


def _graph(
    entry: _Entry, axes: Mapping[str, Mapping[int, str]], mode: Quantized, *, noise: bool
) -> tuple[ir.Model, dict[str, str]]:
    """The graph, and the tensor of the file that each of its values is."""
    emit = Emitter()
    setting = Setting(entry.file, HANDLERS, mode, noise)
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
    scope.run()
    if setting.refused:
        raise refused_error(setting.refused, entry.file.name)
    outputs = [scope.leave(place) for place in entry.outputs.values()]
    model = _finished(entry, emit, inputs, outputs, axes)
    present = {id(value) for node in model.graph for value in node.outputs}
    return model, {str(value.name): name for value, name in setting.made if id(value) in present}


def _finished(
    entry: _Entry, emit: Emitter, inputs: list[ir.Value], outputs: list[ir.Value], axes: Mapping[str, Mapping[int, str]]
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


def _units(entry: _Entry) -> list[str]:
    """What the integers of inputs and outputs stand for."""
    found = []
    for kind, tensors in (("input", entry.inputs), ("output", entry.outputs)):
        for name, place in tensors.items():
            tensor = entry.graph.tensors[place]
            if tensor.quantized and tensor.quantization is not None:
                scale, zero = tensor.quantization.scale[0], tensor.quantization.zero[0]
                found.append(f"{kind} {name!r} is {tensor.dtype}: it stands for {scale!s} * (stored - {zero})")
    return found
