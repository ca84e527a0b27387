"""Fourier transforms, and complex numbers as far as they carry these: pairs of floats (real, imaginary) along a last axis.

**After**: DFT over the axis before the last. Any other operator on complex numbers is refused: in this layout it would go wrong.
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Handler, Repair
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["COMPLEX", "REPAIR"]


def _real_to_half(write: Writer) -> None:
    signal = write.inputs[0]
    size = int(np.ravel(write.needed(1, "the length of the transform"))[0])
    signal = _fitted(write, write.cast(signal, TensorProto.FLOAT), size)
    pairs = write("Unsqueeze", signal, integers([-1]))
    write.result("DFT", pairs, None, integers(-2), onesided=1)


def _full(inverse: int) -> Handler:
    def transform(write: Writer) -> None:
        write.result("DFT", write.inputs[0], None, integers(-2), inverse=inverse)

    return transform


def _half_to_real(write: Writer) -> None:
    """The whole spectrum is the half and its mirror image, conjugate; the imaginary parts of both ends do not count."""
    half = write.inputs[0]
    size = int(np.ravel(write.needed(1, "the length of the transform"))[0])
    half = _fitted(write, half, size // 2 + 1, axis=-2)
    ends = [0] if size % 2 else [0, size // 2]
    kept = np.ones((size // 2 + 1, 2), dtype=np.float32)
    kept[ends, 1] = 0
    places = np.array([min(k, size - k) for k in range(size)], dtype=np.int64)
    signs = np.ones((size, 2), dtype=np.float32)
    signs[size // 2 + 1 :, 1] = -1
    half = write("Where", kept != 0, half, _ZERO)
    whole = write("Mul", write("Gather", half, places, axis=-2), signs)
    made = write("DFT", whole, None, integers(-2), inverse=1)
    write.result("Gather", made, integers(0), axis=-1)


def _part(place: int) -> Handler:
    def take(write: Writer) -> None:
        write.result("Gather", write.inputs[0], integers(place), axis=-1)

    return take


def _pair(write: Writer) -> None:
    parts = [write("Unsqueeze", part, integers([-1])) for part in write.inputs]
    write.result("Concat", *parts, axis=-1)


def _length(write: Writer) -> None:
    write.result("ReduceL2", write.inputs[0], integers([-1]), keepdims=0)


def _conjugate(write: Writer) -> None:
    if write.result_type() not in (TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        return write.result("Identity", write.inputs[0])
    return write.result("Mul", write.inputs[0], np.array([1, -1], dtype=np.float32))


def _fitted(write: Writer, signal: str, size: int, axis: int = -1) -> str:
    """Cut to a length, or filled up with zeros."""
    cut = write("Slice", signal, integers([0]), integers([size]), integers([axis]))
    length = write("Gather", write("Shape", cut), integers([axis]))
    missing = write("Sub", integers([size]), length)
    pads = write("Concat", integers([0]), missing, axis=0)
    return write("Pad", cut, pads, _ZERO, integers([axis]))


_HANDLERS: dict[str, Handler] = {
    "Complex": _pair,
    "ComplexAbs": _length,
    "Conj": _conjugate,
    "FFT": _full(0),
    "IFFT": _full(1),
    "IRFFT": _half_to_real,
    "Imag": _part(1),
    "RFFT": _real_to_half,
    "Real": _part(0),
}
_ZERO = np.array(0, dtype=np.float32)
# What may stand on complex numbers.
COMPLEX = frozenset(_HANDLERS)

REPAIR = Repair("Fourier transforms", _HANDLERS)
