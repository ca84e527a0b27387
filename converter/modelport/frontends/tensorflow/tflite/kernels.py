"""What the interpreter's kernels do otherwise than the file says, told by the numbers that they give.

The kernel for x86 of BATCH_MATMUL in 8 bits (TensorFlow 2.21) takes the second factor's zero for 0; the reference kernel does not.
The interpreter is the original, so the graph follows whichever it has.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from modelport.evidence.cases import Tensor, Tensors
from modelport.frontends.tensorflow.tflite.entry import Entry
from modelport.frontends.tensorflow.tflite.model import Graph, Operator
from modelport.frontends.tensorflow.tflite.oracle import TfliteOracle

__all__ = ["zeros_left_out"]

_Numbers = npt.NDArray[np.float64]


def zeros_left_out(entry: Entry, oracle: TfliteOracle, sample: Tensors) -> bool:
    """Whether products of two quantized tensors are nearer to what they are without the second one's zero."""
    graph = entry.graph
    found = list(_products(graph))
    if not found or not all(value.size for value in sample.values()):
        return False
    try:
        traced = oracle.trace(sample)
    except (ValueError, RuntimeError):  # the sample's own error is told where the oracle is asked
        return False
    stored = {place: traced.get(tensor.name, tensor.data) for place, tensor in enumerate(graph.tensors)}
    stored |= {place: sample[name] for name, place in entry.inputs.items()}
    for operator in found:
        places = (*operator.inputs[:2], operator.outputs[0])
        (one, scale), (two, other), (made, unit) = (_whole(stored[place], graph, place) for place in places)
        if one is not None and two is not None and made is not None:
            quantization = graph.tensors[places[1]].quantization
            zero = float(quantization.zero[0]) if quantization is not None else 0.0
            left, right = _turned(one, bool(operator.options.adjX)), _turned(two, bool(operator.options.adjY))
            wanted = made * unit / (scale * other)
            return _far(left @ (right + zero), wanted) < _far(left @ right, wanted)
    return False


def _products(graph: Graph) -> Iterator[Operator]:
    for operator in graph.operators:
        if operator.code == "BATCH_MATMUL":
            first, second = (graph.tensors[place] for place in operator.inputs[:2])
            if first.quantized and second.dtype == "int8" and second.quantization and second.quantization.zero[0]:
                yield operator


def _whole(stored: Tensor | None, graph: Graph, place: int) -> tuple[_Numbers | None, float]:
    """What is stored, counted from its zero, and its scale."""
    quantization = graph.tensors[place].quantization
    if stored is None or quantization is None:
        return None, 1.0
    whole = np.asarray(stored, dtype=np.float64)
    return whole - float(quantization.zero[0]), float(quantization.scale[0])


def _turned(matrix: _Numbers, turned: bool) -> _Numbers:
    return matrix.swapaxes(-1, -2) if turned else matrix


def _far(one: _Numbers, other: _Numbers) -> float:
    return float(np.abs(one - other).mean())
