"""The stand-in for a DataFrame: named columns, each with a type of its own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modelport.frontends.sklearn.tracing.array import Traced
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.frontends.sklearn.tracing.functions import call_function, joined, where
from modelport.frontends.sklearn.tracing.ufuncs import UFUNCS, call_ufunc, power

__all__ = ["Frame", "Series"]


class Series(Traced):
    """One column of a DataFrame."""

    @property
    def values(self) -> Traced:
        """As an array."""
        return Traced(self.scope, self.value, None, self.kind)

    def to_numpy(self, *_: object, **__: object) -> Traced:
        """As an array."""
        return self.values

    def to_frame(self, name: Any = None) -> "Frame":
        """As a table of one column."""
        return Frame({name or "0": self})

    def fillna(self, value: Any) -> "Series":
        """A number for what is missing."""
        return _series(where(UFUNCS["isnan"](self), value, self))

    def isna(self) -> "Series":
        """True where missing."""
        return _series(UFUNCS["isnan"](self))

    isnull = isna

    def notna(self) -> "Series":
        """True where present."""
        return _series(UFUNCS["logical_not"](self.isna()))

    notnull = notna

    def abs(self) -> "Series":
        """Magnitudes."""
        return _series(UFUNCS["absolute"](self))

    def apply(self, function: Callable[[Any], Any]) -> Any:
        """Only functions that numpy applies to the column as a whole."""
        return function(self)

    def clip(self, lower: Any = None, upper: Any = None) -> "Series":
        """Between two borders."""
        return _series(call_function(np.clip, (self, lower, upper), {}))


def _series(value: Traced) -> Series:
    return Series(value.scope, value.value, None, value.kind)


class Frame:
    """Columns by name, in order."""

    __array_priority__ = 2000.0

    def __init__(self, columns: dict[Any, Traced]) -> None:
        self._columns = {name: _series(column.vector()) for name, column in columns.items()}

    def __array__(self, *_: object, **__: object) -> Any:
        raise UntraceableError("turns the rows into a plain array, or hands them to code that is not numpy's")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, _: Any, args: Any, options: Any) -> Any:
        plain = [_as_arrays(arg) for arg in args]
        return call_function(function, plain, {key: _as_arrays(value) for key, value in options.items()})

    def items(self) -> list[tuple[Any, Series]]:
        """(name, column) pairs."""
        return list(self._columns.items())

    @property
    def columns(self) -> Any:
        """The names, as pandas has them."""
        import pandas as pd

        return pd.Index(list(self._columns))

    @property
    def values(self) -> Traced:
        """All columns as an array, in numpy's common type."""
        table = joined(list(self._columns.values()))
        return Traced(table.scope, table.value, table.width, table.kind)

    def to_numpy(self, *_: object, **__: object) -> Traced:
        """All columns as an array."""
        return self.values

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, K); N must not be used."""
        return (next(iter(self._columns.values())).shape[0], len(self._columns))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str | int):
            return self._columns[key]
        if isinstance(key, Sequence) or (hasattr(key, "dtype") and not isinstance(key, Traced)):
            return Frame({name: self._columns[name] for name in key})
        raise UntraceableError("selects rows")

    def __setitem__(self, key: Any, value: Any) -> None:
        if not isinstance(value, Traced):
            first = next(iter(self._columns.values()))
            value = where(UFUNCS["isnan"](first), value, value)
        self._columns[key] = _series(value.vector())

    @property
    def iloc(self) -> "_ByPlace":
        """Columns by position."""
        return _ByPlace(self)

    @property
    def loc(self) -> "_ByName":
        """Columns by name."""
        return _ByName(self)

    def copy(self, *_: object, **__: object) -> "Frame":
        """The same columns; writing to one table leaves the other as it is."""
        return Frame(dict(self._columns))

    def assign(self, **columns: Any) -> "Frame":
        """More columns, given or computed from the table."""
        table = self.copy()
        for name, column in columns.items():
            table[name] = column(table) if callable(column) and not isinstance(column, Traced) else column
        return table

    def drop(self, labels: Any = None, axis: Any = 0, columns: Any = None) -> "Frame":
        """Fewer columns."""
        gone = columns if columns is not None else labels
        if columns is None and axis not in (1, "columns"):
            raise UntraceableError("takes rows away")
        names = {gone} if isinstance(gone, str | int) else set(gone)
        return Frame({name: column for name, column in self._columns.items() if name not in names})

    def each(self, rule: Callable[[Series], Traced]) -> "Frame":
        """A table of the same names."""
        return Frame({name: rule(column) for name, column in self._columns.items()})

    def combine(self, rule: Callable[..., Traced], inputs: Sequence[Any]) -> "Frame":
        """An elementwise function, column by column; tables must have the same columns."""
        found = {}
        for place, name in enumerate(self._columns):
            own = []
            for value in inputs:
                if isinstance(value, Frame):
                    if list(value._columns) != list(self._columns):
                        raise UntraceableError("combines tables of different columns")
                    own.append(value._columns[name])
                elif isinstance(value, Traced):
                    raise UntraceableError("combines a table with an array")
                else:
                    array = np.asarray(value)
                    own.append(value if array.ndim == 0 else array.reshape(-1)[place])
            found[name] = rule(*own)
        return Frame(found)

    def fillna(self, value: Any) -> "Frame":
        """A number for what is missing, or one for each column."""
        if isinstance(value, dict):
            return Frame({n: c.fillna(value[n]) if n in value else c for n, c in self._columns.items()})
        return self.each(lambda column: column.fillna(value))

    def astype(self, dtype: Any) -> "Frame":
        """All columns, or those named, in another type."""
        if isinstance(dtype, dict):
            return Frame({n: c.astype(dtype[n]) if n in dtype else c for n, c in self._columns.items()})
        return self.each(lambda column: column.astype(dtype))

    def clip(self, lower: Any = None, upper: Any = None) -> "Frame":
        """Between two borders."""
        return self.each(lambda column: column.clip(lower, upper))

    def abs(self) -> "Frame":
        """Magnitudes."""
        return self.each(UFUNCS["absolute"])

    def isna(self) -> "Frame":
        """True where missing."""
        return self.each(UFUNCS["isnan"])

    isnull = isna

    def apply(self, function: Callable[[Any], Any], axis: int = 0) -> "Frame":
        """A function of each column."""
        if axis != 0:
            raise UntraceableError("applies a function to row after row")
        return self.each(function)

    def __len__(self) -> int:
        raise UntraceableError("asks for the number of rows, which differs from call to call")

    def __bool__(self) -> bool:
        raise UntraceableError("decides in Python what depends on the values; use numpy.where")

    def __getattr__(self, name: str) -> Any:
        columns = self.__dict__.get("_columns", {})
        if name in columns:
            return columns[name]
        if name.startswith("__"):
            raise AttributeError(name)
        raise UntraceableError(f"uses .{name} of a DataFrame, which cannot be traced")


class _ByPlace:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def __getitem__(self, key: Any) -> Any:
        if not (isinstance(key, tuple) and len(key) == 2 and key[0] == slice(None)):
            raise UntraceableError("selects rows")
        names = list(self._frame.columns)
        own = key[1]
        if isinstance(own, int | np.integer):
            return self._frame[names[int(own)]]
        chosen = names[own] if isinstance(own, slice) else [names[int(place)] for place in own]
        return self._frame[chosen]


class _ByName:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def _own(self, key: Any) -> Any:
        if not (isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], slice) and key[0] == slice(None)):
            raise UntraceableError("selects rows")
        own = key[1]
        if isinstance(own, slice):
            return list(self._frame.columns[self._frame.columns.slice_indexer(own.start, own.stop)])
        return own

    def __getitem__(self, key: Any) -> Any:
        return self._frame[self._own(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._frame[self._own(key)] = value


def _as_arrays(value: Any) -> Any:
    if isinstance(value, Frame):
        return value.values
    if isinstance(value, list | tuple):
        return type(value)(_as_arrays(item) for item in value)
    return value


def _frame_operator(name: str, *, swapped: bool = False) -> Callable[[Frame, Any], Frame]:
    def method(self: Frame, other: Any) -> Frame:
        rule = power if name == "power" else UFUNCS[name]
        return self.combine(rule, (other, self) if swapped else (self, other))

    return method


for _symbol, _name in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "mod": "remainder",
    "and": "bitwise_and",
    "or": "bitwise_or",
}.items():
    setattr(Frame, f"__{_symbol}__", _frame_operator(_name))
    setattr(Frame, f"__r{_symbol}__", _frame_operator(_name, swapped=True))
for _symbol, _name in {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}.items():
    setattr(Frame, f"__{_symbol}__", _frame_operator(_name))
setattr(Frame, "__neg__", lambda self: self.each(UFUNCS["negative"]))  # noqa: B010
setattr(Frame, "__invert__", lambda self: self.each(UFUNCS["invert"]))  # noqa: B010
