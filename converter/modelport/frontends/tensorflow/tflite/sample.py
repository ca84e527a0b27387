"""The tensors that a proof of a .tflite file starts from: the caller's, or drawn from the ranges that the file knows."""

from collections.abc import Mapping

import numpy as np

from modelport.errors import SampleError
from modelport.evidence.cases import Tensor as Array
from modelport.evidence.cases import Tensors
from modelport.frontends._net_axes import BATCH
from modelport.frontends.tensorflow.tflite.entry import Entry
from modelport.frontends.tensorflow.tflite.model import Tensor
from modelport.ir.named_tensors import named_tensors

__all__ = ["sample_of"]

_SEED = 20
# Where the sample gives no length.
_BATCH, _LENGTH = 2, 5


def sample_of(entry: Entry, axes: Mapping[str, Mapping[int, str]], given: object) -> tuple[Tensors, list[str]]:
    """The caller's tensors, or some that are drawn, and a note that says so; ``axes`` is {input: {axis: symbol}}.

    Raises: SampleError for tensors of other types or shapes, or where text would have to be drawn.
    """
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


def _drawn(entry: Entry, name: str, tensor: Tensor, axes: Mapping[int, str], rng: np.random.Generator) -> Array:
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


def _range(entry: Entry, name: str) -> tuple[float, float]:
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


def _most(entry: Entry, name: str) -> int:
    """The last row of a table that the input looks up, 1 where it looks up none."""
    place = entry.inputs[name]
    for operator in entry.graph.operators:
        rows = {"GATHER": (1, 0), "EMBEDDING_LOOKUP": (0, 1)}.get(operator.code)
        if rows is not None and operator.inputs[rows[0]] == place:
            return max(entry.graph.tensors[operator.inputs[rows[1]]].static[0] - 1, 0)
    return 1
