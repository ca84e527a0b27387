"""Parts a graph from its weights where they are too large for protobuf."""

import onnx
import onnx_ir as ir

from modelport.ir.turned_weights import multiply_in_place
from modelport.ir.weights import WEIGHTS_FILE, Stored, Weights

__all__ = ["LIMIT_BYTES", "parted"]

# Protobuf holds 2 GiB; reading and writing it holds several copies, so that half of it is enough.
LIMIT_BYTES = 1 << 30
# Smaller ones stay in the graph, where shape inference and readers see them.
_LEAST_BYTES = 1024
# Large tensors begin with a page of memory, of whatever size a platform has; small ones as processors like it.
_PAGE, _LINE, _LARGE_BYTES = 1 << 16, 64, 1 << 20
_UNNAMED = frozenset((ir.DataType.STRING, ir.DataType.INT4, ir.DataType.UINT4, ir.DataType.FLOAT4E2M1))


def parted(model: ir.Model, limit: int = LIMIT_BYTES) -> tuple[onnx.ModelProto, Weights | None]:
    """Returns the graph and what stands beside it; None where all weights together are no larger than ``limit`` bytes.

    The graph then refers to ``model.onnx.data``, and ``model`` multiplies with the weights as they lie.
    """
    tensors = {
        name: value.const_value
        for name, value in model.graph.initializers.items()
        if value.const_value is not None and value.const_value.dtype not in _UNNAMED
    }
    if sum(tensor.nbytes for tensor in tensors.values()) <= limit:
        return ir.to_proto(model), None
    if multiply_in_place(model):
        return parted(model, limit)
    stored, size = _placed({name: tensor for name, tensor in tensors.items() if tensor.nbytes >= _LEAST_BYTES})
    try:
        for one in stored:
            model.graph.initializers[one.name].const_value = ir.ExternalTensor(
                WEIGHTS_FILE,
                one.offset,
                one.tensor.nbytes,
                one.tensor.dtype,
                shape=ir.Shape(one.tensor.shape.numpy()),
                name=one.name,
            )
        return ir.to_proto(model), Weights(stored, size)
    finally:
        for name, tensor in tensors.items():
            model.graph.initializers[name].const_value = tensor


def _placed(tensors: dict[str, ir.TensorProtocol]) -> tuple[list[Stored], int]:
    """Places one behind the other, in the order of the graph; tied weights once."""
    stored: list[Stored] = []
    places: dict[tuple[int, int], int] = {}
    end = 0
    for name, tensor in tensors.items():
        memory = _memory(tensor)
        offset = places.get(memory) if memory is not None else None
        if offset is None:
            step = _PAGE if tensor.nbytes >= _LARGE_BYTES else _LINE
            offset = -(-end // step) * step
            end = offset + tensor.nbytes
            if memory is not None:
                places[memory] = offset
        stored.append(Stored(name, tensor, offset))
    return sorted(stored, key=lambda one: one.offset), end


def _memory(tensor: ir.TensorProtocol) -> tuple[int, int] | None:
    """Where the numbers lie, None where they are not laid out as the file has them."""
    array = tensor.numpy()
    return (array.ctypes.data, array.nbytes) if array.flags.c_contiguous else None
