"""What callers of a .tflite file give and get: one of its signatures, or the inputs and outputs of its first graph."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelport.errors import ConfigError, did_you_mean
from modelport.frontends._net_names import apart, unique
from modelport.frontends.tensorflow.tflite.model import File, Graph, Signature

__all__ = ["Entry", "entry_of", "units"]


@dataclass(frozen=True)
class Entry:
    """What callers give and get: names and places in one graph of the file."""

    file: File
    graph: Graph
    signature: Signature | None
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]


def entry_of(file: File, key: str | None) -> Entry:
    """What the signature ``key`` names, or the only one, or the first graph. Raises: ConfigError."""
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
    return Entry(file, graph, signature, inputs, dict(zip(names, outputs.values(), strict=True)))


def _named(graph: Graph, places: tuple[int, ...]) -> dict[str, int]:
    """Tensors by their names in the file, less TensorFlow's ':0'."""
    return dict(
        unique([(graph.tensors[place].name.removesuffix(":0") or f"tensor_{place}", place) for place in places])
    )


def _less(zero: int) -> str:
    if zero == 0:
        return "stored"
    return f"(stored {'-' if zero > 0 else '+'} {abs(zero)})"


def units(entry: Entry) -> list[str]:
    """What the integers of inputs and outputs stand for."""
    found = []
    for kind, tensors in (("input", entry.inputs), ("output", entry.outputs)):
        for name, place in tensors.items():
            tensor = entry.graph.tensors[place]
            if tensor.quantized and tensor.quantization is not None:
                scale, zero = tensor.quantization.scale[0], tensor.quantization.zero[0]
                found.append(f"{kind} {name!r} is {tensor.dtype}: it stands for {scale!s} * {_less(zero)}")
    return found
