"""Finds the first layer of a net whose output leaves its bound, by the layer's name in the user's source."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np
import onnx

from modelport.evidence.cases import Case, Tensor, TensorAnswer
from modelport.evidence.compare_cases import distances
from modelport.evidence.rounding import Rounding
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.ir.session import open_watched, run
from modelport.ir.texts import as_texts
from modelport.ir.weights import Weights

__all__ = ["first_difference"]

# Kernels of quantized nets differ by a step here and there; a fault is seen in more.
_STEPS = 2.0


def first_difference(
    model: onnx.ModelProto, weights: Weights | None, layers: Mapping[str, str], oracle: TensorOracle, case: Case
) -> str | None:
    """Returns what to look at, None where the original's layers cannot be watched or none of them differs.

    ``layers`` maps tensors of the graph to the layer that made them; the last tensor of a layer is its output.
    """
    traced = oracle.trace(case.inputs)
    output_of = {layer: tensor for tensor, layer in layers.items()}
    pairs = {layer: output_of[layer] for layer in traced if layer in output_of}
    if not pairs:
        return None
    wanted = list(dict.fromkeys(pairs.values()))
    session, _ = open_watched(model, weights=weights)
    given = run(session, case.inputs, wanted)
    expected = {pairs[layer]: _plain(traced[layer]) for layer in pairs}
    alike = [name for name in wanted if given[name].shape == expected[name].shape]
    bounds = Rounding(_showing(model, alike), weights).answers(case.inputs, expected, alike)
    if any(_is_steps(expected[name], given[name]) for name in alike):
        # Of a quantized net: what it says in floats is as many steps off as what these are made of.
        alike = [name for name in alike if _is_steps(expected[name], given[name])]
        bounds = {name: TensorAnswer(expected[name], np.full(expected[name].shape, _STEPS)) for name in alike}
    for layer, tensor in pairs.items():
        if tensor not in alike:
            continue
        _, ratio = distances(bounds[tensor], given[tensor])
        if ratio.size and float(ratio.max()) > 1 and not _rearranged(bounds[tensor], given[tensor]):
            place = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
            return (
                f"the first layer that differs is {layer!r}: {given[tensor][place]!s} where the original has "
                f"{expected[tensor][place]!s} (case {case.name!r})"
            )
    return None


def _is_steps(expected: Tensor, given: Tensor) -> bool:
    """Whether integers stand for real numbers in both; in a graph without quantization floats are in their place."""
    return expected.dtype == given.dtype and expected.dtype.name in ("int8", "uint8", "int16")


def _rearranged(answer: TensorAnswer, given: Tensor) -> bool:
    """Whether the graph holds the same numbers with its axes in another order, which lengths that are alike do not show."""
    return any(
        float(distances(TensorAnswer(answer.expected.transpose(order), answer.bound), given)[1].max()) <= 1
        for order in _orders(given.shape)
    )


def _orders(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for order in permutations(range(1, len(shape))) if len(shape) > 2 else ():
        if [shape[axis] for axis in order] == list(shape[1:]):
            yield (0, *order)


def _plain(tensor: Tensor) -> Tensor:
    """Texts as they come out of the graph; what is none of them stays what it is."""
    try:
        return as_texts(tensor) if tensor.dtype.kind in "OSU" else tensor
    except ValueError:
        return tensor


def _showing(model: onnx.ModelProto, names: Sequence[str]) -> onnx.ModelProto:
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    present = {output.name for output in shown.graph.output}
    shown.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in present)
    return shown
