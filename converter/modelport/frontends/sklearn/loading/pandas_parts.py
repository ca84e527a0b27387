"""Column indexes of pandas, which a ColumnTransformer keeps when it was given ``X.columns``.

An index is made anew by pandas from plain values. Arrow's string columns come as raw offsets and text; they are
decoded here, so that Arrow never sees buffers of the file. Frames, series and other indexes are not restored.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal  # Any: pandas' dtype objects

import numpy as np

from modelport.frontends.sklearn.loading._guard import Blank, Call, Pair, State
from modelport.frontends.sklearn.loading.machine import StreamError, shown
from modelport.frontends.sklearn.loading.numpy_parts import plain_values

__all__ = ["CALLS", "STAND_INS", "STATES", "TextColumn"]

_OffsetType = np.dtype[np.int32 | np.int64]
_OFFSETS: dict[str, _OffsetType] = {"string": np.dtype("<i4"), "large_string": np.dtype("<i8")}


class TextColumn:
    """Strings of a pandas or Arrow column, None where one is missing; ``dtype`` is pandas' own dtype object."""

    def __init__(self) -> None:
        self.values: list[str | None] = []
        self.dtype: Any = None


class _ArrowType:
    def __init__(self, name: str) -> None:
        self.name = name


class _ArrowBuffer:
    def __init__(self, content: bytes) -> None:
        self.content = content


def _arrow_type(_: Blank, args: tuple[object, ...]) -> object:
    if len(args) == 1 and type(args[0]) is str and args[0] in _OFFSETS:
        return _ArrowType(args[0])
    raise StreamError(f"an Arrow column of type {shown(args)}")


def _arrow_buffer(_: Blank, args: tuple[object, ...]) -> object:
    if len(args) == 1 and isinstance(args[0], bytes | bytearray):
        return _ArrowBuffer(bytes(args[0]))
    raise StreamError("an Arrow buffer is damaged")


def _arrow_array(_: Blank, args: tuple[object, ...]) -> object:
    """``_restore_array((type, length, nulls, offset, [validity, offsets, text], children, dictionary))``."""
    data = args[0] if len(args) == 1 else None
    if type(data) is not tuple or len(data) < 7 or data[5] or data[6] is not None:
        raise StreamError("an Arrow column is damaged")
    kind, length, _, start, buffers = data[:5]
    if not isinstance(kind, _ArrowType) or not plain_values((length, start), (int,)) or length < 0 or start < 0:
        raise StreamError("an Arrow column is damaged")
    known = type(buffers) is list and all(item is None or isinstance(item, _ArrowBuffer) for item in buffers)
    if not known or len(buffers) != 3:
        raise StreamError("an Arrow column is damaged")
    column = TextColumn()
    column.values = _decoded(_OFFSETS[kind.name], length, start, [b"" if b is None else b.content for b in buffers])
    return column


def _decoded(offset: _OffsetType, length: int, start: int, buffers: Sequence[bytes]) -> list[str | None]:
    valid, ends, text = buffers
    if not length:
        return []
    if len(ends) < (start + length + 1) * offset.itemsize or (valid and len(valid) * 8 < start + length):
        raise StreamError("an Arrow column is shorter than it says")
    at = np.frombuffer(ends, offset, count=length + 1, offset=start * offset.itemsize)
    if at[0] < 0 or at[-1] > len(text) or (np.diff(at) < 0).any():
        raise StreamError("an Arrow column has texts outside its buffer")
    present = [not valid or bool(valid[i // 8] >> (i % 8) & 1) for i in range(start, start + length)]
    cuts = at.tolist()
    return [text[cuts[i] : cuts[i + 1]].decode("utf-8") if present[i] else None for i in range(length)]


def _chunked(_: Blank, args: tuple[object, ...]) -> object:
    """``chunked_array([arrays], type)``."""
    column = TextColumn()
    chunks = args[0] if len(args) == 2 else None
    if type(chunks) is not list or not all(isinstance(chunk, TextColumn) for chunk in chunks):
        raise StreamError("an Arrow column is damaged")
    column.values = [value for chunk in chunks for value in chunk.values]
    return column


def _string_array(_: Blank, args: tuple[object, ...]) -> object:
    """``__pyx_unpickle_NDArrayBacked(StringArray, checksum, None)``; the state follows."""
    if len(args) == 3 and args[0] is TextColumn and type(args[1]) is int and args[2] is None:
        return TextColumn()
    raise StreamError("a pandas array other than one of strings")


def _string_dtype(_: Blank, args: tuple[object, ...]) -> object:
    """``StringDtype(storage, na_value)``."""
    import pandas as pd

    if 1 <= len(args) <= 2 and args[0] in ("python", "pyarrow", "pyarrow_numpy"):
        missing = args[1] if len(args) == 2 else pd.NA
        storage: Literal["python", "pyarrow"] = "python" if args[0] == "python" else "pyarrow"
        if missing is pd.NA:
            return pd.StringDtype(storage)
        if isinstance(missing, float) and math.isnan(missing):
            return pd.StringDtype(storage, na_value=np.nan)
    raise StreamError(f"pandas.StringDtype of {shown(args)}")


def _set_text(target: object, state: object) -> None:
    """Arrow's: {'_pa_array': column, '_dtype': …}; pandas' own: (dtype, array of objects, {})."""
    if not isinstance(target, TextColumn):
        raise StreamError("a column of strings is damaged")
    values: Sequence[object] | None = None
    if type(state) is dict:
        column = state.get("_pa_array", state.get("_data"))
        values = column.values if isinstance(column, TextColumn) else None
        target.dtype = state.get("_dtype")
    elif type(state) is tuple and len(state) == 3:
        array = next((part for part in state[:2] if isinstance(part, np.ndarray)), None)
        target.dtype = next((part for part in state[:2] if not isinstance(part, np.ndarray)), None)
        values = array.tolist() if array is not None and array.ndim == 1 and array.dtype == object else None
    if values is None or type(target.dtype).__name__ != "StringDtype":
        raise StreamError("a column of strings is damaged")
    target.values = [value if type(value) is str else None for value in values]


def _index(_: Blank, args: tuple[object, ...]) -> object:
    """``_new_Index(cls, {'data': …, 'name': …})``; pandas' own passes on any keyword to any class."""
    import pandas

    pd: Any = pandas

    cls: Any
    cls, given = args if len(args) == 2 else (None, None)
    if type(given) is dict and plain_values([given.get("name")], (str, int, type(None))):
        data, name = given.get("data"), given.get("name")
        if cls is pd.RangeIndex and set(given) <= {"start", "stop", "step", "name"}:
            start, stop, step = (given.get(key) for key in ("start", "stop", "step"))
            if plain_values((start, stop, step), (int,)):
                return pd.RangeIndex(start, stop, step, name=name)
        if cls is pd.Index and set(given) <= {"data", "name"}:
            if isinstance(data, TextColumn):
                return pd.Index(pd.array(data.values, dtype=data.dtype), name=name)
            if isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.kind in "biufO":
                return pd.Index(data, dtype=data.dtype, name=name)
    raise StreamError("a pandas index is damaged, or of a kind that is not restored")


def _set_categories(target: object, state: object) -> None:
    """{'categories': Index, 'ordered': bool}."""
    import pandas as pd

    if type(state) is dict and set(state) <= {"categories", "ordered"}:
        categories, ordered = state.get("categories"), state.get("ordered")
        if isinstance(categories, pd.Index | None) and isinstance(ordered, bool | None):
            target.__setstate__(state)  # type: ignore[attr-defined]  # CategoricalDtype has it
            return
    raise StreamError("a CategoricalDtype is damaged")


STAND_INS: dict[Pair, type] = {
    ("pandas.arrays", "ArrowStringArray"): TextColumn,
    ("pandas.arrays", "StringArray"): TextColumn,
}
"""Classes of which our own take the place."""

CALLS: dict[Pair, Call] = {
    ("pandas.core.indexes.base", "_new_Index"): Call(_index),
    ("pandas", "StringDtype"): Call(_string_dtype, is_value=True),
    ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"): Call(_string_array, takes_state=True),
    ("pyarrow.lib", "_restore_array"): Call(_arrow_array),
    ("pyarrow.lib", "chunked_array"): Call(_chunked),
    ("pyarrow.lib", "py_buffer"): Call(_arrow_buffer),
    ("pyarrow.lib", "type_for_alias"): Call(_arrow_type),
}
STATES: dict[Pair, State] = {
    ("pandas.core.dtypes.dtypes", "CategoricalDtype"): _set_categories,
    ("pandas", "CategoricalDtype"): _set_categories,  # pandas 3 says so of its public classes
    (TextColumn.__module__, "TextColumn"): _set_text,
}
