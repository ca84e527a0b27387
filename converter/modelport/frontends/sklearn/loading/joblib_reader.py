"""joblib's arrays: a small pickled wrapper, then the array's bytes in the midst of the stream.

joblib's own reader is not used: it unpickles arrays of objects by a second, unrestricted unpickler in the versions
that most people have, can map files into memory, and allocates what the wrapper says before it looks for the bytes.
Here the declared size is held against what is left of the file; an array of objects goes through a machine of its
own in the same world; nothing is mapped. The wrappers of joblib before 0.10, which name further files, are refused.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from modelport.frontends.sklearn.loading.machine import Source, StreamError
from modelport.frontends.sklearn.loading.numpy_parts import array_from_buffer, checked_shape

__all__ = ["ArrayWrapper"]


class ArrayWrapper:
    """Stands for ``joblib.numpy_pickle.NumpyArrayWrapper`` until its state says which array follows."""

    def read(self, state: object, source: Source, nested: Callable[[Source], object]) -> object:
        """Returns the array whose bytes follow in ``source``; ``nested`` reads an array of objects.

        Raises: StreamError when the wrapper is damaged or the file ends before the array does.
        """
        described = _described(state)
        if described.dtype.hasobject:
            return nested(source)
        dtype, shape = described.dtype, described.shape
        content = bytearray(source.read(_size(described, source)))
        given = (content, dtype, shape, described.order)
        array = array_from_buffer(given) if dtype.itemsize else np.zeros(shape, dtype)
        array = array if dtype.isnative else array.astype(dtype.newbyteorder("="))
        return array.view(np.matrix) if described.is_matrix else array

    def skip(self, state: object, source: Source, nested: Callable[[Source], object]) -> object:
        """Steps over the bytes of the array, or has ``nested`` read it; raises as ``read`` does."""
        described = _described(state)
        if described.dtype.hasobject:
            return nested(source)
        source.seek(_size(described, source), 1)
        return self


@dataclass(frozen=True)
class _Described:
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    order: str
    is_padded: bool
    is_matrix: bool


def _size(described: _Described, source: Source) -> int:
    """Steps over the padding and returns the size of the array, which the file still has."""
    if described.is_padded:  # since joblib 1.2 a byte says how many follow, so that the array lies at a round address
        source.read(int.from_bytes(source.read(1), "little"))
    size = math.prod(described.shape) * described.dtype.itemsize
    if size > source.left:
        raise StreamError(f"an array of {size} bytes is declared and {source.left} bytes are left")
    return size


def _described(state: object) -> _Described:
    if type(state) is not dict:
        raise StreamError("the state of a joblib array is damaged")
    dtype, order, subclass = state.get("dtype"), state.get("order"), state.get("subclass")
    if not isinstance(dtype, np.dtype) or dtype.subdtype is not None or type(order) is not str or order not in "CF":
        raise StreamError("the state of a joblib array is damaged")
    if subclass is not np.ndarray and subclass is not np.matrix:
        raise StreamError("a joblib array is of a class of its own")
    alignment = state.get("numpy_array_alignment_bytes")
    if alignment is not None and type(alignment) is not int:
        raise StreamError("the state of a joblib array is damaged")
    if dtype.hasobject and dtype != np.dtype(object):
        raise StreamError(f"a joblib array of type {dtype}")
    shape = checked_shape(state.get("shape"), dtype)
    return _Described(dtype, shape, order, alignment is not None, subclass is np.matrix)
