"""Writes ONNX attributes in protobuf's wire format from NumPy arrays: no Python object for each number.

A forest of a million nodes has eight attributes of a million integers. As Python integers they take a second and a
third of a gigabyte; as bytes, milliseconds. Only what a TreeEnsemble needs is here; onnx reads it back as usual.
"""

import numpy as np
import numpy.typing as npt
import onnx

__all__ = ["integers_attribute", "node_attribute", "tensor_attribute"]

# Field numbers of onnx.proto: NodeProto.attribute; AttributeProto.name, .ints, .type.
_NODE_ATTRIBUTE, _NAME, _INTS, _TYPE = 5, 1, 8, 20
_LENGTH_DELIMITED, _VARINT = 2, 0


def integers_attribute(name: str, values: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> bytes:
    """An AttributeProto of type INTS; ``values`` int[N], none negative, or bool[N]."""
    return (
        _text(_NAME, name)
        + _field(_INTS, _packed(values))
        + _key(_TYPE, _VARINT)
        + _varint(int(onnx.AttributeProto.INTS))
    )


def tensor_attribute(name: str, values: npt.NDArray[np.generic]) -> bytes:
    """An AttributeProto of type TENSOR."""
    tensor = onnx.numpy_helper.from_array(values, name)
    proto = onnx.AttributeProto(name=name, type=onnx.AttributeProto.TENSOR, t=tensor)
    return bytes(proto.SerializeToString())


def node_attribute(attribute: bytes) -> bytes:
    """The attribute as a field of a NodeProto, to be merged into one."""
    return _field(_NODE_ATTRIBUTE, attribute)


def _packed(values: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> bytes:
    """Varints, one after the other: seven bits a byte, the lowest first, the top bit set on all but the last."""
    largest = int(values.max(initial=0))
    if largest < 1 << 7:
        return values.astype(np.uint8).tobytes()
    rest: npt.NDArray[np.uint64] = values.astype(np.uint64)
    # One column for each group of seven bits; what a number does not need is cut out at the end.
    groups = -(-largest.bit_length() // 7)
    digits = np.empty((len(values), groups), dtype=np.uint8)
    used = np.empty((len(values), groups), dtype=np.bool_)
    for place in range(groups):
        used[:, place] = (rest > 0) if place else True
        digits[:, place] = rest & np.uint64(0x7F)
        rest = rest >> np.uint64(7)
        digits[:, place] |= (rest > 0).astype(np.uint8) << 7
    return digits[used].tobytes()


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _field(number: int, content: bytes) -> bytes:
    return _key(number, _LENGTH_DELIMITED) + _varint(len(content)) + content


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
