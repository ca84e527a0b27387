"""Turns what a caller gives (a dict, a sequence, one array) into the input tensors of a contract of layout 'tensors'."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from modelport.errors import MissingColumnError, TensorError, did_you_mean
from modelport.ir.contract import Axis, Contract, Dimension, Input
from modelport.ir.texts import as_texts

__all__ = ["NUMPY", "lengths_of", "named_tensors", "shape_text", "tensors_from"]

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
_WHERE = "the tensors given"


def named_tensors(data: object, names: Sequence[str]) -> dict[str, Array]:
    """Returns {input name: array}. A sequence is taken in the order of ``names``, one array for the only input.

    Raises: MissingColumnError naming every input that is not there; TensorError for unknown ones.
    """
    if isinstance(data, Mapping):
        given = {str(name): _array(value) for name, value in data.items()}
    elif isinstance(data, list | tuple) and len(names) > 1:
        if len(data) != len(names):
            raise TensorError(
                f"{len(data)} tensors, the model takes {len(names)}",
                where=_WHERE,
                fix=f"give a dict of arrays by name: {', '.join(names)}",
            )
        given = {name: _array(value) for name, value in zip(names, data, strict=True)}
    else:
        given = {names[0]: _array(data)} if names else {}
    absent = [name for name in names if name not in given]
    if absent:
        raise MissingColumnError(
            f"{len(absent)} input(s) missing: {', '.join(map(repr, absent))}",
            where=_WHERE,
            fix="; ".join(f"{name!r}: {did_you_mean(name, sorted(given))}" for name in absent[:5]),
        )
    unknown = [name for name in given if name not in names]
    if unknown:
        raise TensorError(
            f"the model has no input {', '.join(map(repr, unknown))}",
            where=_WHERE,
            fix="; ".join(f"{name!r}: {did_you_mean(name, names)}" for name in unknown[:5]),
        )
    return {name: given[name] for name in names}


def tensors_from(data: object, contract: Contract) -> dict[str, Array]:
    """Returns the input tensors by name, each in the type of the contract.

    A number of another type is taken where nothing but precision is lost: integers and float64 as float32, never a float
    as an integer. Raises: MissingColumnError, TensorError.
    """
    named = named_tensors(data, [tensor.name for tensor in contract.inputs])
    typed = {tensor.name: _typed(named[tensor.name], tensor) for tensor in contract.inputs}
    _check_shapes(typed, contract)
    _check_finite(typed, contract)
    return typed


def lengths_of(contract: Contract, tensors: Mapping[str, Array]) -> dict[str, int]:
    """The length of each symbol of the inputs' shapes; ``tensors`` have those shapes."""
    found: dict[str, int] = {}
    for tensor in contract.inputs:
        for symbol, length in zip(tensor.shape or (), tensors[tensor.name].shape, strict=True):
            if isinstance(symbol, str):
                found[symbol] = int(length)
    return found


def shape_text(shape: Sequence[Dimension]) -> str:
    """'[batch, 3, 224, 224]'."""
    return f"[{', '.join(map(str, shape))}]"


# Any: tensors of every framework offer one of these.
def _array(value: Any) -> Array:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    array: Array = np.asarray(value)
    # Of texts that are not yet in an array, an array of dtype str would lose the U+0000 at their end.
    return array if array.dtype.kind not in "US" or hasattr(value, "dtype") else np.asarray(value, dtype=object)


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
