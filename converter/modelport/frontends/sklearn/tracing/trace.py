"""trace(): the columns that a function makes of a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.tracing.array import Traced
from modelport.frontends.sklearn.tracing.errors import UntraceableError, where_it_stopped
from modelport.frontends.sklearn.tracing.frame import Frame
from modelport.frontends.sklearn.tracing.functions import joined

__all__ = ["as_array", "as_frame", "trace"]

_KINDS = {ir.DataType.FLOAT: "float32", ir.DataType.DOUBLE: "float64", ir.DataType.STRING: "string"}


def as_array(scope: Scope, table: Columns) -> Traced:
    """The table as numpy's array of numbers."""
    value = table.matrix(scope.builder)
    return Traced(scope, value, table.width, _KINDS[value.dtype or ir.DataType.DOUBLE])


def as_frame(scope: Scope, table: Columns) -> Frame:
    """The table as a DataFrame."""
    b = scope.builder
    columns: dict[Any, Traced] = {}
    for name, part in zip(table.names or (), table.each(b), strict=True):
        kind = _KINDS[part.value.dtype or ir.DataType.DOUBLE]
        columns[name] = Traced(scope, part.value, 1, kind).vector()
    return Frame(columns)


def trace(function: Callable[..., Any], rows: Traced | Frame, options: dict[str, Any], table: Columns) -> Columns:
    """Runs the function once on the stand-in.

    Raises: UntraceableError with the line and what it does.
    """
    try:
        with _numpy_knows_stand_ins(), np.errstate(all="ignore"):
            result = function(rows, **options)
        return _columns(result, table)
    except UntraceableError as err:
        raise UntraceableError(f"{where_it_stopped(function, err.__traceback__)}: {err}") from err
    except Exception as err:  # whatever the caller's function raises on a stand-in
        place = where_it_stopped(function, err.__traceback__)
        raise UntraceableError(f"{place}: {type(err).__name__}: {err}") from err


def _columns(result: Any, table: Columns) -> Columns:
    if isinstance(result, Frame):
        named = result.items()
        parts = tuple(_part(column, table) for _, column in named)
        return Columns(parts, tuple(str(name) for name, _ in named))
    if isinstance(result, Traced):
        return Columns((_part(result, table),))
    raise UntraceableError(f"gives {type(result).__name__}, not rows")


def _part(result: Traced, table: Columns) -> Part:
    wide = result.matrix()
    if wide.kind == "bool":
        wide = wide.as_kind("int")
    return Part(wide.value, (table.blend(),) * (wide.width or 1))


@contextmanager
def _numpy_knows_stand_ins() -> Iterator[None]:
    """numpy.asarray and its kind take no overriding: for the time of the trace they hand stand-ins through."""
    names = ("asarray", "array", "asanyarray", "ascontiguousarray", "asfortranarray")
    originals = {name: getattr(np, name) for name in (*names, "c_")}

    def through(name: str) -> Callable[..., Any]:
        def convert(value: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
            if isinstance(value, Frame):
                value = value.values
            if isinstance(value, Traced):
                return value.copy() if dtype is None else value.astype(dtype)
            return originals[name](value, dtype, *args, **options)

        return convert

    try:
        for name in names:
            setattr(np, name, through(name))
        setattr(np, "c_", _Beside(originals["c_"]))  # noqa: B010
        yield
    finally:
        for name, original in originals.items():
            setattr(np, name, original)


class _Beside:
    """numpy.c_ for stand-ins."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        plain = [part.values if isinstance(part, Frame) else part for part in parts]
        return joined(plain) if any(isinstance(part, Traced) for part in plain) else self._original[key]
