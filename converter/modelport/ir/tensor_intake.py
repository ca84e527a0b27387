"""Turns what a caller gives (a dict, a sequence, one array) into the input tensors of a contract of layout 'tensors'."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from modelport.errors import TensorError, did_you_mean
from modelport.ir.contract import Axis, Contract, Input
from modelport.ir.named_tensors import named_tensors, shape_text
from modelport.ir.texts import as_texts

__all__ = ["NUMPY", "lengths_of", "shape_text", "tensors_from"]

Array = npt.NDArray[np.generic]

# The element types of a contract as NumPy's.
NUMPY = {
    "double": "float64",
    "float": "float32",
    "float16": "float16",
    "int64": "int64",
    "int32": "int32",
    "int16": "int16",
    "int8": "int8",
    "uint8": "uint8",
    "bool": "bool",
    "string": "object",
}


def tensors_from(data: object, contract: Contract) -> dict[str, Array]:
    """Returns the input tensors by name, each in the type of the contract.

    A number of another type is taken where nothing but precision is lost: integers and float64 as float32, never a float
    as an integer. Raises: MissingColumnError, TensorError.
    """
    named = named_tensors(data, [tensor.name for tensor in contract.inputs])
    typed = {tensor.name: _typed(named[tensor.name], tensor) for tensor in contract.inputs}
    _check_shapes(typed, contract)
    _check_finite(typed, contract)
    _check_texts(typed, contract)
    return typed


def lengths_of(contract: Contract, tensors: Mapping[str, Array]) -> dict[str, int]:
    """The length of each symbol of the inputs' shapes; ``tensors`` have those shapes."""
    found: dict[str, int] = {}
    for tensor in contract.inputs:
        for symbol, length in zip(tensor.shape or (), tensors[tensor.name].shape, strict=True):
            if isinstance(symbol, str):
                found[symbol] = int(length)
    return found


def _typed(array: Array, tensor: Input) -> Array:
    if tensor.element == "string":
        return _texts(array, tensor)
    wanted = np.dtype(NUMPY[tensor.element])
    if array.dtype == wanted:
        return np.ascontiguousarray(array).reshape(array.shape)
    kinds = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}
    if array.dtype.kind not in kinds[wanted.kind]:
        raise _wrong_type(array, tensor)
    if wanted.kind in "iu" and array.size:
        limits = np.iinfo(wanted)
        if int(array.min()) < limits.min or int(array.max()) > limits.max:
            raise _wrong_type(array, tensor)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array.astype(wanted)).reshape(array.shape)


def _texts(array: Array, tensor: Input) -> Array:
    try:
        return as_texts(array)
    except ValueError as err:
        raise TensorError(
            f"{tensor.name!r} holds {array.dtype}, the model takes texts: {err}",
            where=f"input {tensor.name!r}",
            fix="give texts: str, or bytes that are UTF-8",
        ) from err


def _wrong_type(array: Array, tensor: Input) -> TensorError:
    return TensorError(
        f"{tensor.name!r} holds {array.dtype}, the model takes {NUMPY[tensor.element]}",
        where=f"input {tensor.name!r}",
        fix=f"give numbers that are {NUMPY[tensor.element]}",
    )


def _check_shapes(tensors: Mapping[str, Array], contract: Contract) -> None:
    lengths: dict[str, tuple[int, str]] = {}
    axes = {axis.symbol: axis for axis in contract.axes or ()}
    for tensor in contract.inputs:
        shape = () if tensor.shape is UNSET else tensor.shape
        given = tensors[tensor.name].shape
        fits = len(given) == len(shape) and all(
            isinstance(wanted, str) or wanted == length for wanted, length in zip(shape, given, strict=True)
        )
        if not fits:
            raise TensorError(
                f"{tensor.name!r} has shape {shape_text(given)}, the model takes {shape_text(shape)}",
                where=f"input {tensor.name!r}",
                fix="give it the shape that the contract states",
            )
        for symbol, length in zip(shape, given, strict=True):
            if isinstance(symbol, str):
                _check_length(symbol, length, tensor.name, axes.get(symbol), lengths)


def _check_finite(tensors: Mapping[str, Array], contract: Contract) -> None:
    for tensor in contract.inputs:
        if tensor.finite is True and not np.isfinite(tensors[tensor.name]).all():
            raise TensorError(
                f"{tensor.name!r} holds a NaN or an infinity, which the model does not take",
                where=f"input {tensor.name!r}",
                fix="give finite numbers",
            )


def _check_texts(tensors: Mapping[str, Array], contract: Contract) -> None:
    for tensor in contract.inputs:
        if tensor.texts is UNSET:
            continue
        taken = set(tensor.texts)
        unknown = [text for text in dict.fromkeys(tensors[tensor.name].ravel().tolist()) if text not in taken]
        if unknown:
            raise TensorError(
                f"{tensor.name!r} holds {unknown[0]!r:.80}, which the model does not know",
                where=f"input {tensor.name!r}",
                fix=did_you_mean(unknown[0], tensor.texts),
            )


def _check_length(symbol: str, length: int, name: str, axis: Axis | None, lengths: dict[str, tuple[int, str]]) -> None:
    before, other = lengths.setdefault(symbol, (length, name))
    if before != length:
        raise TensorError(
            f"{symbol} is {before} in {other!r} and {length} in {name!r}",
            where=f"input {name!r}",
            fix=f"give both the same {symbol}",
        )
    if axis is not None and (length < axis.least or (axis.most is not None and length > axis.most)):
        raise TensorError(
            f"{symbol} is {length} in {name!r}, the model takes {axis.limits}",
            where=f"input {name!r}",
            fix="give tensors within these limits",
        )
