"""Writes ONNX in protobuf's wire format from NumPy arrays: no Python object for each number, no second copy of a forest.

A forest of a million nodes has eight attributes of a million integers. As Python integers they take a second and a
third of a gigabyte, as protobuf objects eight bytes for each bit; as bytes, milliseconds. What is written stays in pieces
until the whole file is joined. Only what a TreeEnsemble needs is here; onnx reads it back as usual.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import onnx

__all__ = ["Pieces", "integers_attribute", "model_bytes", "node_attribute", "tensor_attribute"]

# Bytes that follow each other.
Pieces = tuple[bytes, ...]

# Field numbers of onnx.proto: ModelProto.graph; GraphProto.node; NodeProto.attribute; AttributeProto.name, .t, .ints,
# .type; TensorProto.dims, .data_type, .name, .raw_data.
_MODEL_GRAPH, _GRAPH_NODE, _NODE_ATTRIBUTE = 7, 1, 5
_NAME, _TENSOR, _INTS, _TYPE = 1, 5, 8, 20
_DIMS, _DATA_TYPE, _TENSOR_NAME, _RAW = 1, 2, 8, 9
_LENGTH_DELIMITED, _VARINT = 2, 0
# Numbers turned into bytes at once: what that takes beside them stays in the processor's cache.
_AT_ONCE = 1 << 15


def integers_attribute(name: str, values: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Pieces:
    """An AttributeProto of type INTS; ``values`` int[N], none negative, or bool[N]."""
    kind = _key(_TYPE, _VARINT) + _varint(int(onnx.AttributeProto.INTS))
    return (_text(_NAME, name), *_field(_INTS, tuple(_packed(values))), kind)


def tensor_attribute(name: str, values: npt.NDArray[np.generic]) -> Pieces:
    """An AttributeProto of type TENSOR; ``values`` [N] of numbers."""
    element = onnx.helper.np_dtype_to_tensor_dtype(values.dtype)
    head = _key(_DIMS, _VARINT) + _varint(len(values)) + _key(_DATA_TYPE, _VARINT) + _varint(int(element))
    raw = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    tensor = (head, _text(_TENSOR_NAME, name), *_field(_RAW, (raw,)))
    kind = _key(_TYPE, _VARINT) + _varint(int(onnx.AttributeProto.TENSOR))
    return (_text(_NAME, name), *_field(_TENSOR, tensor), kind)


def node_attribute(attribute: Pieces) -> Pieces:
    """The attribute as a field of a NodeProto, to be appended to one."""
    return _field(_NODE_ATTRIBUTE, attribute)


def model_bytes(model: onnx.ModelProto, attributes: Mapping[str, Pieces], kept: frozenset[str]) -> bytes:
    """The model's file; nodes named in ``attributes`` get those fields in the place of all attributes not in ``kept``.

    Fields stand in another order than protobuf would write them, which every reader takes.
    """
    head, graph = onnx.ModelProto(), onnx.GraphProto()
    head.CopyFrom(model)
    head.ClearField("graph")
    graph.CopyFrom(model.graph)
    nodes: list[bytes] = []
    for node in graph.node:
        fields = attributes.get(node.name)
        if fields is not None:
            own = [attribute for attribute in node.attribute if attribute.name in kept]
            del node.attribute[:]
            node.attribute.extend(own)
        nodes += _field(_GRAPH_NODE, (node.SerializeToString(deterministic=True), *(fields or ())))
    del graph.node[:]
    whole = _field(_MODEL_GRAPH, (*nodes, graph.SerializeToString(deterministic=True)))
    return b"".join((head.SerializeToString(deterministic=True), *whole))


def _packed(values: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Iterator[bytes]:
    """Varints, one after the other: seven bits a byte, the lowest first, the top bit set on all but the last."""
    for start in range(0, len(values), _AT_ONCE):
        part = values[start : start + _AT_ONCE]
        largest = int(part.max(initial=0))
        yield part.astype(np.uint8).tobytes() if largest < 1 << 7 else _varints(part.astype(np.uint64), largest)


def _varints(rest: npt.NDArray[np.uint64], largest: int) -> bytes:
    # One column for each group of seven bits; what a number does not need is cut out at the end.
    groups = -(-largest.bit_length() // 7)
    digits = np.empty((len(rest), groups), dtype=np.uint8)
    used = np.empty((len(rest), groups), dtype=np.bool_)
    for place in range(groups):
        used[:, place] = (rest > 0) if place else True
        digits[:, place] = rest & np.uint64(0x7F)
        rest = rest >> np.uint64(7)
        digits[:, place] |= (rest > 0).astype(np.uint8) << 7
    return digits[used].tobytes()


def _text(number: int, text: str) -> bytes:
    return b"".join(_field(number, (text.encode(),)))


def _field(number: int, content: Sequence[bytes]) -> Pieces:
    size = sum(len(piece) for piece in content)
    return (_key(number, _LENGTH_DELIMITED) + _varint(size), *content)


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
