"""Arrays, dtypes and scalars from a stream, each rebuilt from checked plain values.

numpy's own ``__setstate__`` methods believe what they are told: a dtype's state carries the flags that say whether
its bytes are pointers, so a dtype of Python objects with false flags over chosen bytes is a way to run anything.
Here a dtype is made anew from its type string, names and offsets; an array's bytes must have exactly the length that
its shape says; objects come only as a list of as many objects.
"""

import math
import re
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.frontends.sklearn.loading.machine import StreamError, shown

__all__ = [
    "array_from_buffer",
    "blank_array",
    "blank_masked",
    "checked_shape",
    "dtype_from_args",
    "dtype_from_state",
    "plain_values",
    "scalar",
    "set_array",
    "set_masked",
]

AnyArray = npt.NDArray[np.generic]

_TYPE_STRING = re.compile(r"[?biufcmMSUVO]\d{0,9}")
_UNITS = frozenset({"Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic"})
_ORDERS = frozenset("<>|=")
_SWAPPED = ">" if sys.byteorder == "little" else "<"
_MAX_DIMS = 64
_MAX_EMPTY = 1 << 20
_ALIGNED = 0x80  # numpy's NPY_ALIGNED_STRUCT
_LAST_CODE_POINT = 0x10FFFF


def plain_values(values: Sequence[object], kinds: tuple[type, ...]) -> bool:
    """Whether each value is of exactly one of ``kinds``: no subclass, whose methods could be anyone's."""
    return all(type(value) in kinds for value in values)


# -- dtypes ----------------------------------------------------------------------------------------------------------


def dtype_from_args(args: tuple[object, ...]) -> np.dtype[np.generic]:
    """``numpy.dtype('f8', False, True)``: only a type string and two flags."""
    if not 1 <= len(args) <= 3 or type(args[0]) is not str or not plain_values(args[1:], (bool, int)):
        raise StreamError(f"numpy.dtype with arguments {shown(args)}")
    if not _TYPE_STRING.fullmatch(args[0]):
        raise StreamError(f"numpy.dtype of {shown(args[0])}")
    # A copy, an object of its own: the machine puts another in its place, and numpy shares its own dtypes.
    return np.dtype(args[0], copy=True)


def dtype_from_state(blank: np.dtype[np.generic], state: object) -> np.dtype[np.generic]:
    """The dtype that ``blank`` was before saving; ``blank`` itself where the state adds nothing."""
    if type(state) is not tuple or not 8 <= len(state) <= 9 or type(state[0]) is not int or state[0] not in (3, 4):
        raise StreamError(f"the state of a dtype is {shown(state)}")
    _, order, sub, names, fields, size, _, flags = state[:8]
    if type(order) is not str or order not in _ORDERS or type(size) is not int or type(flags) is not int:
        raise StreamError(f"the state of a dtype is {shown(state)}")
    if names is not None:
        return _struct(names, fields, size, flags)
    if sub is not None:
        return _subarray(blank, sub)
    if fields is not None or size not in (-1, blank.itemsize):
        raise StreamError(f"a dtype {blank} says it is {size} bytes wide")
    made = _with_unit(blank, state[8]) if len(state) == 9 and state[8] is not None else blank
    return made.newbyteorder("S") if order == _SWAPPED else made


def _with_unit(blank: np.dtype[np.generic], metadata: object) -> np.dtype[np.generic]:
    """Datetimes keep their unit beside their type: ({}, (b'ns', 1, 1, 1))."""
    if type(metadata) is tuple and len(metadata) == 2 and type(metadata[1]) is tuple and len(metadata[1]) == 4:
        unit, count, *rest = metadata[1]
        name = unit.decode("ascii", "replace") if type(unit) is bytes else unit
        known = blank.kind in "mM" and type(name) is str and name in _UNITS
        if known and type(count) is int and 0 < count < 2**31 and rest == [1, 1]:
            return blank if name == "generic" else np.dtype(f"{blank.kind}8[{count}{name}]")
    raise StreamError(f"a dtype {blank} has metadata {shown(metadata)}")


def _struct(names: object, fields: object, size: int, flags: int) -> np.dtype[np.generic]:
    if type(names) is not tuple or not plain_values(names, (str,)) or type(fields) is not dict or size < 0:
        raise StreamError("a structured dtype is damaged")
    if set(names) != set(fields) or len(names) != len(fields):
        raise StreamError("a structured dtype has names that are not its fields")
    formats, offsets = [], []
    for name in names:
        field = fields[name]
        if type(field) is not tuple or len(field) != 2 or not isinstance(field[0], np.dtype):
            raise StreamError(f"field {shown(name)} of a structured dtype is {shown(field)}")
        if type(field[1]) is not int or field[0].hasobject or field[0].names is not None:
            raise StreamError(f"field {shown(name)} of a structured dtype is {shown(field)}")
        if field[1] < 0 or field[1] + field[0].itemsize > size:
            raise StreamError(f"field {shown(name)} lies outside its structured dtype")
        formats.append(field[0])
        offsets.append(field[1])
    return np.dtype(
        {"names": list(names), "formats": formats, "offsets": offsets, "itemsize": size}, align=bool(flags & _ALIGNED)
    )


def _subarray(blank: np.dtype[np.generic], sub: object) -> np.dtype[np.generic]:
    if type(sub) is tuple and len(sub) == 2 and isinstance(sub[0], np.dtype) and not sub[0].hasobject:
        shape = _shape(sub[1])
        if math.prod(shape) * sub[0].itemsize == blank.itemsize:
            return np.dtype((sub[0], shape))
    raise StreamError("a dtype of sub-arrays is damaged")


# -- arrays ----------------------------------------------------------------------------------------------------------


def blank_array(args: tuple[object, ...]) -> AnyArray:
    """``_reconstruct(numpy.ndarray, (0,), b'b')``: an empty array whose state comes next."""
    if len(args) == 3 and _is_empty(args[1], args[2]):
        if args[0] is np.ndarray:
            return np.ndarray((0,), "b")
        if args[0] is np.matrix:
            return np.ndarray.__new__(np.matrix, (0,), "b")
    raise StreamError(f"an array is to be made from {shown(args)}")


def _is_empty(shape: object, code: object) -> bool:
    return type(shape) is tuple and len(shape) == 1 and shape[0] == 0 and code in ("b", b"b")


def set_array(array: AnyArray, state: object) -> None:
    """Gives a blank array its shape, type and content."""
    if type(state) is not tuple or len(state) != 5 or state[0] != 1:
        raise StreamError("the state of an array is damaged")
    _, shape, dtype, fortran, content = state
    _content(shape, dtype, content)
    if type(fortran) not in (bool, int):
        raise StreamError("the state of an array is damaged")
    array.__setstate__((1, shape, dtype, bool(fortran), content))  # type: ignore[arg-type]  # a plain bool it is


def checked_shape(shape: object, dtype: np.dtype[np.generic]) -> tuple[int, ...]:
    """Returns ``shape`` if it is a tuple of sizes that need bytes in the file, so that its size bounds the array's.

    Raises: StreamError.
    """
    sizes = _shape(shape)
    if not dtype.itemsize and math.prod(sizes) > _MAX_EMPTY:
        raise StreamError(f"an array has {math.prod(sizes)} elements of no bytes")
    return sizes


def _shape(shape: object) -> tuple[int, ...]:
    if type(shape) is tuple and len(shape) <= _MAX_DIMS and all(type(n) is int and n >= 0 for n in shape):
        return shape
    raise StreamError(f"an array has the shape {shown(shape)}")


def _content(shape: object, dtype: object, content: object) -> None:
    """Checks that ``content`` is what an array of this shape and type is made of."""
    if not isinstance(dtype, np.dtype) or dtype.subdtype is not None:
        raise StreamError(f"an array has the dtype {shown(dtype)}")
    count = math.prod(checked_shape(shape, dtype))
    if dtype.hasobject:
        if dtype != np.dtype(object) or type(content) is not list or len(content) != count:
            raise StreamError(f"an array of {count} objects has other content")
    elif type(content) is not bytes or len(content) != count * dtype.itemsize:
        raise StreamError(f"an array of {count} x {dtype} does not have that many bytes")
    else:
        _check_values(dtype, content)


def _check_values(dtype: np.dtype[np.generic], content: bytes | bytearray) -> None:
    """Refuses bytes that are no value of their type: numpy reads them unchecked."""
    if dtype.kind == "U" and content:
        if np.frombuffer(content, np.dtype("u4").newbyteorder(dtype.byteorder)).max() > _LAST_CODE_POINT:
            raise StreamError("a text array holds what is no character")
    elif dtype.kind == "b" and content and np.frombuffer(content, "u1").max() > 1:
        raise StreamError("an array of bools holds other values")


def array_from_buffer(args: tuple[object, ...]) -> AnyArray:
    """``_frombuffer(bytes, dtype, shape, order)`` of protocol 5."""
    if not 4 <= len(args) <= 5 or type(args[3]) is not str or args[3] not in ("C", "F", "K"):
        raise StreamError(f"an array is to be made from {shown(args)}")
    buffer, dtype, shape, order = args[:4]
    checked = _shape(shape)
    if not isinstance(dtype, np.dtype) or dtype.hasobject or dtype.subdtype is not None or not dtype.itemsize:
        raise StreamError(f"an array has the dtype {shown(dtype)}")
    if not isinstance(buffer, bytes | bytearray) or len(buffer) != math.prod(checked) * dtype.itemsize:
        raise StreamError(f"an array of shape {checked} and type {dtype} does not have that many bytes")
    _check_values(dtype, buffer)
    flat: AnyArray = np.frombuffer(buffer, dtype)
    if order == "K":
        axes = args[4] if len(args) == 5 else None
        straight = flat.reshape(checked)
        return straight if axes is None else straight.transpose(_shape(axes))
    return flat.reshape(checked, order="F" if order == "F" else "C")


def scalar(args: tuple[object, ...]) -> object:
    """``scalar(dtype, bytes)``: one numpy number or string."""
    if len(args) != 2 or not isinstance(args[0], np.dtype) or args[0].hasobject or args[0].subdtype is not None:
        raise StreamError(f"a numpy scalar is to be made from {shown(args)}")
    dtype: np.dtype[np.generic] = args[0]
    content = args[1]
    if type(content) is not bytes or len(content) != dtype.itemsize:
        raise StreamError(f"a numpy scalar of type {dtype} has other bytes")
    if not content:
        return dtype.type()
    _check_values(dtype, content)
    return np.frombuffer(content, dtype)[0]


# -- masked arrays ---------------------------------------------------------------------------------------------------


def blank_masked(args: tuple[object, ...]) -> AnyArray:
    """``_mareconstruct(MaskedArray, numpy.ndarray, (0,), 'b')``; search objects keep their results so."""
    if len(args) == 4 and args[0] is np.ma.MaskedArray and args[1] is np.ndarray and _is_empty(args[2], args[3]):
        return np.ma.MaskedArray(np.ndarray((0,), "b"), mask=np.ndarray((0,), bool))
    raise StreamError(f"a masked array is to be made from {shown(args)}")


def set_masked(array: AnyArray, state: object) -> None:
    """Gives a blank masked array its shape, type, content, mask and fill value."""
    if type(state) is not tuple or len(state) != 7 or not isinstance(array, np.ma.MaskedArray):
        raise StreamError("the state of a masked array is damaged")
    _, shape, dtype, fortran, content, mask, fill = state
    _content(shape, dtype, content)
    if not isinstance(dtype, np.dtype) or dtype.names is not None or type(fortran) not in (bool, int):
        raise StreamError("the state of a masked array is damaged")
    _content(shape, np.dtype(bool), mask)
    if not (fill is None or isinstance(fill, np.generic | np.ndarray) or plain_values([fill], (int, float, str, bool))):
        raise StreamError(f"a masked array has the fill value {shown(fill)}")
    array.__setstate__((1, shape, dtype, bool(fortran), content, mask, fill))  # type: ignore[arg-type]  # numpy.ma's own
