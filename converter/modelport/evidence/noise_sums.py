"""How large a sum's rounding can be: the sum of its terms' magnitudes, as nodes of the graph.

**Before**: y = MatMul(x, w), or another sum.

**After**: beside it MatMul(|x|, |w|); or |x| |w| of whole rows, by Cauchy and Schwarz, where the weights of a layer are known, for
that costs no second layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, numpy_helper

from modelport.evidence.noise_nodes import NoiseNodes
from modelport.evidence.noise_operators import UNIT, setting

__all__ = ["Constants", "magnitude_of_sum"]

# Layers of which the second input is a matrix of weights.
_LAYERS = frozenset(("Conv", "MatMul", "Gemm"))


@dataclass(frozen=True)
class Constants:
    """The weights of a graph, of those around it, and, by the same names, those that stand beside the file."""

    tensors: Mapping[str, onnx.TensorProto]
    beside: Mapping[str, npt.NDArray[Any]]

    def known(self, name: str) -> bool:
        """Whether the numbers are at hand, in the graph or beside it."""
        tensor = self.tensors.get(name)
        return tensor is not None and (tensor.data_location != TensorProto.EXTERNAL or name in self.beside)

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """The numbers of one that is known."""
        found = self.beside.get(name)
        return numpy_helper.to_array(self.tensors[name]) if found is None else found


def magnitude_of_sum(node: onnx.NodeProto, constants: Constants, nodes: NoiseNodes) -> str:
    """Adds what computes it and returns its name. Shapes: that of the sum."""
    return _by_norms(node, constants, nodes) or _by_terms(node, nodes)


def _by_terms(node: onnx.NodeProto, nodes: NoiseNodes) -> str:
    """The same sum of the magnitudes of its terms."""
    copy = nodes.again(node)
    copy.op_type = "Add" if node.op_type == "Sub" else node.op_type
    for place, name in enumerate(node.input):
        if name and nodes.types.get(name) in UNIT:
            copy.input[place] = nodes.absolute(name)
    result = nodes.like(node.output[0], "sum")
    del copy.output[:]
    copy.output.append(result)
    nodes.nodes.append(copy)
    return result


def _by_norms(node: onnx.NodeProto, constants: Constants, nodes: NoiseNodes) -> str | None:
    """|x| |w|; of a convolution |x| is taken of what each place sees, by a convolution to one channel."""
    if node.op_type not in _LAYERS or any(name and not constants.known(name) for name in node.input[1:]):
        return None
    weights = constants.numbers(node.input[1])
    sizes = _norms(node, weights)
    if sizes is None:
        return None
    parts = [nodes.like(node.output[0], part) for part in ("square", "squares", "length", "norms", "sum")]
    square, squares, length, norms, result = parts
    nodes.add("Mul", [node.input[0], node.input[0]], square)
    nodes.constant(norms, sizes)
    if node.op_type == "Conv":
        ones = nodes.name("ones")
        nodes.constant(ones, np.ones((1, *weights.shape[1:]), dtype=weights.dtype))
        copy = nodes.again(node)
        del copy.input[:], copy.output[:]
        copy.input.extend([square, ones])
        copy.output.append(squares)
        nodes.nodes.append(copy)
    else:
        axes = nodes.name("axes")
        nodes.constant(axes, np.array([-1], dtype=np.int64))
        nodes.add("ReduceSum", [square, axes], squares)
    nodes.add("Sqrt", [squares], length)
    nodes.add("Mul", [length, norms], result)
    if len(node.input) < 3 or not node.input[2]:
        return result
    return _with_bias(node, constants.numbers(node.input[2]), result, sizes, nodes)


def _with_bias(
    node: onnx.NodeProto, bias: npt.NDArray[Any], magnitude: str, sizes: npt.NDArray[Any], nodes: NoiseNodes
) -> str:
    bias = np.abs(bias)
    shaped = (
        bias.reshape(sizes.shape) if node.op_type == "Conv" else bias * bias.dtype.type(abs(setting(node, "beta", 1.0)))
    )
    biases, result = nodes.like(magnitude, "bias"), nodes.like(magnitude, "sum")
    nodes.constant(biases, shaped)
    nodes.add("Add", [magnitude, biases], result)
    return result


def _norms(node: onnx.NodeProto, weights: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    """The length of the weights of each output, shaped to be multiplied with outputs; None where they are no plain layer's."""
    if weights.ndim < 2 or setting(node, "group", 1) != 1 or setting(node, "transA", 0):
        return None
    if node.op_type == "Conv":
        rows = weights.reshape(len(weights), -1)
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)).reshape(-1, *[1] * (weights.ndim - 2)))
    if weights.ndim != 2:
        return None
    squares = np.einsum("ij,ij->i" if setting(node, "transB", 0) else "ij,ij->j", weights, weights)
    return np.asarray(np.sqrt(squares) * weights.dtype.type(abs(setting(node, "alpha", 1.0))))
