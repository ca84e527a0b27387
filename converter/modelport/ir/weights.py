"""Weights beside a graph: what is too large for protobuf stands in a file of its own, and is never copied as a whole.

While a net is converted its numbers stay where the framework has them. The graph refers to them by place in the file, sessions read
them where they lie, and the file is written from there piece by piece: one model in memory, whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

if TYPE_CHECKING:  # bundles are read without it
    import onnx_ir as ir

__all__ = ["WEIGHTS_FILE", "Stored", "Weights"]

WEIGHTS_FILE = "model.onnx.data"
_PIECE = 1 << 24


@dataclass(frozen=True)
class Stored:
    """A tensor and its place in the file; equal places hold the same numbers."""

    name: str
    tensor: ir.TensorProtocol
    offset: int


@dataclass(frozen=True)
class Weights:
    """The numbers of a graph that stand beside it, in the order of the file."""

    stored: Sequence[Stored]
    size: int

    def pieces(self) -> Iterator[bytes | memoryview]:
        """The bytes of the file."""
        at = 0
        for one in self.stored:
            if one.offset < at:
                continue  # shared with a tensor before it
            if one.offset > at:
                yield bytes(one.offset - at)
            raw = _raw(one.tensor)
            for start in range(0, len(raw), _PIECE):
                yield raw[start : start + _PIECE]
            at = one.offset + len(raw)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """The numbers by name, where the framework has them."""
        return {one.name: one.tensor.numpy() for one in self.stored}

    @cached_property
    def values(self) -> dict[str, ort.OrtValue]:
        """The tensors for sessions, over the very memory that the framework has where it lies in order."""
        return {one.name: _value(one.tensor) for one in self.stored}


def _raw(tensor: ir.TensorProtocol) -> memoryview:
    array = np.ascontiguousarray(tensor.numpy())
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return array.reshape(-1).view(np.uint8).data


def _value(tensor: ir.TensorProtocol) -> ort.OrtValue:
    array = np.ascontiguousarray(tensor.numpy())
    if int(tensor.dtype) == onnx.TensorProto.BFLOAT16:
        return ort.OrtValue.ortvalue_from_numpy_with_onnx_type(array.view(np.uint16), onnx.TensorProto.BFLOAT16)
    return ort.OrtValue.ortvalue_from_numpy(array)
