"""Texts of tensors: one form of them in Python, whatever library made them."""

import numpy as np
import numpy.typing as npt

__all__ = ["as_texts", "held_texts"]

Array = npt.NDArray[np.generic]


def as_texts(values: Array) -> npt.NDArray[np.object_]:
    """Returns texts as an object array of str. ``values`` hold str, or bytes that are UTF-8, as TensorFlow's do.

    ONNX Runtime would take the Python spelling of anything else for the text, of b'a' the four characters.
    Raises: ValueError for an element that is no text, or that has no UTF-8 form (half of a surrogate pair).
    """
    texts = np.empty(values.shape, dtype=object)
    if values.size:
        texts.ravel()[:] = [_text(value) for value in values.ravel().tolist()]
    return texts


def held_texts(texts: Array) -> npt.NDArray[np.str_]:
    """Returns texts as an array that a .npz holds without pickle.

    Raises: ValueError for a text that ends in U+0000: NumPy fills the places of such arrays with it.
    """
    held = np.array(texts.tolist(), dtype=np.str_).reshape(texts.shape)
    if held.tolist() != texts.tolist():
        raise ValueError("a text ends in U+0000")
    return held


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.40} is no text")
    value.encode("utf-8")
    return str(value)
