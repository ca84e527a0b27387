"""The stand-in for an array of rows: [N] or [N, K] values of the graph that behave as a numpy array would."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.tracing.errors import UntraceableError

__all__ = ["Kind", "Traced", "constant_of", "kind_of", "promoted"]

# 'int' is a whole number kept as a double: exact up to 2**53, as everywhere in this front end.
Kind = str
_DTYPES = {
    "float64": ir.DataType.DOUBLE,
    "float32": ir.DataType.FLOAT,
    "int": ir.DataType.DOUBLE,
    "bool": ir.DataType.BOOL,
    "string": ir.DataType.STRING,
}
_NUMPY = {"float64": np.float64, "float32": np.float32, "int": np.int64, "bool": np.bool_, "string": np.object_}

Handler = Callable[..., Any]


class _Rows(int):
    """N, which is not known: any use of it as a number stops the trace."""

    def _unknown(self, *_: object) -> Any:
        raise UntraceableError("uses the number of rows, which differs from call to call")

    __index__ = __int__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __truediv__ = _unknown
    __floordiv__ = __rtruediv__ = __lt__ = __gt__ = __le__ = __ge__ = __float__ = __neg__ = __bool__ = _unknown
    __hash__ = int.__hash__

    def __repr__(self) -> str:
        return "N"


class Traced:
    """Values [N] (``width`` None) or [N, width] of the graph, with numpy's type in ``kind``."""

    __array_priority__ = 1000.0

    def __init__(self, scope: Scope, value: ir.Value, width: int | None, kind: Kind) -> None:
        self.scope, self.value, self.width, self.kind = scope, value, width, kind

    # -- what numpy asks of it ---------------------------------------------------------------------------------

    def __array__(self, *_: object, **__: object) -> Any:
        raise UntraceableError("turns the rows into a plain array, or hands them to code that is not numpy's")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        from modelport.frontends.sklearn.tracing.ufuncs import call_ufunc

        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, _: Any, args: Any, options: Any) -> Any:
        from modelport.frontends.sklearn.tracing.functions import call_function

        return call_function(function, args, options)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, K) or (N,); N must not be used."""
        return (_Rows(),) if self.width is None else (_Rows(), self.width)

    @property
    def ndim(self) -> int:
        """1 or 2."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy's type."""
        return np.dtype(_NUMPY[self.kind])

    def __len__(self) -> int:
        raise UntraceableError("asks for the number of rows, which differs from call to call")

    def __bool__(self) -> bool:
        raise UntraceableError("decides in Python what depends on the values; use numpy.where")

    def __float__(self) -> float:
        raise UntraceableError("turns values into a Python number")

    __int__ = __index__ = __float__

    def __iter__(self) -> Any:
        raise UntraceableError("goes through the rows one by one")

    # -- columns -----------------------------------------------------------------------------------------------

    def like(self, value: ir.Value, kind: Kind | None = None, width: int | None = -1) -> "Traced":
        """Another value of the same rows."""
        return type(self)(self.scope, value, self.width if width == -1 else width, kind or self.kind)

    def as_kind(self, kind: Kind) -> "Traced":
        """The same numbers in another type; not for conversions that round to whole numbers."""
        value = self.scope.builder.cast(self.value, _DTYPES[kind])
        return self if kind == self.kind else self.like(value, kind)

    def matrix(self) -> "Traced":
        """[N] as [N, 1]."""
        if self.width is not None:
            return self
        b = self.scope.builder
        return self.like(b.op("Unsqueeze", self.value, b.constant(np.array([1], dtype=np.int64))), width=1)

    def columns(self, chosen: list[int]) -> "Traced":
        """[N, len(chosen)]."""
        b = self.scope.builder
        if chosen == list(range(self.width or 0)):
            return self.like(self.value)
        if not chosen:
            raise UntraceableError("selects no column")
        return self.like(
            b.op("Gather", self.value, b.constant(np.array(chosen, dtype=np.int64)), axis=1), width=len(chosen)
        )

    def vector(self) -> "Traced":
        """[N, 1] as [N]."""
        if self.width is None:
            return self
        if self.width != 1:
            raise UntraceableError("mixes rows and columns")
        b = self.scope.builder
        return self.like(b.op("Squeeze", self.value, b.constant(np.array([1], dtype=np.int64))), width=None)

    def _places(self, key: Any) -> tuple[list[int], bool] | None:
        """Column positions of X[:, key], and whether the result is one-dimensional; None when it is no such key."""
        if not (isinstance(key, tuple) and len(key) == 2 and self.width is not None):
            return None
        rows, own = key
        if not (isinstance(rows, slice) and rows == slice(None)) and rows is not Ellipsis:
            return None
        every = list(range(self.width))
        if isinstance(own, int | np.integer) and not isinstance(own, bool):
            return [every[int(own)]], True
        if isinstance(own, slice):
            return every[own], False
        items = np.asarray(own)
        if items.dtype == np.bool_ and items.shape == (self.width,):
            return np.flatnonzero(items).tolist(), False
        if items.ndim == 1 and items.dtype.kind in "iu":
            return [every[int(place)] for place in items], False
        return None

    def __getitem__(self, key: Any) -> "Traced":
        found = self._places(key)
        if found is not None:
            part = self.columns(found[0])
            return part.vector() if found[1] else part
        if key is Ellipsis or (isinstance(key, slice) and key == slice(None)):
            return self
        if self.width is None and isinstance(key, tuple) and len(key) == 2 and key[1] is None and key[0] == slice(None):
            return self.matrix()
        raise UntraceableError("selects rows, or columns by values")

    def __setitem__(self, key: Any, new: Any) -> None:
        from modelport.frontends.sklearn.tracing.functions import joined, where

        if isinstance(key, Traced) and key.kind == "bool" and key.width == self.width:
            self.value = where(key, new, self).as_kind(self.kind).value
            return
        found = self._places(key)
        if found is None:
            raise UntraceableError("writes to rows, or to columns by values")
        places, flat = found
        filled = constant_of(self.scope, new, self) if not isinstance(new, Traced) else new
        if isinstance(filled, Traced):
            filled = (filled.matrix() if flat or filled.width is None else filled).as_kind(self.kind)
            if filled.width not in (1, len(places)):
                raise UntraceableError("writes values of another shape")
        parts = []
        for column in range(self.width or 0):
            if column not in places:
                parts.append(self.columns([column]))
            elif filled.width == 1:
                parts.append(filled)
            else:
                parts.append(filled.columns([places.index(column)]))
        self.value = joined(parts).value

    # -- methods -----------------------------------------------------------------------------------------------

    def copy(self, *_: object, **__: object) -> "Traced":
        """The same values; writing to one leaves the other as it is."""
        return self.like(self.value)

    def astype(self, dtype: Any, *_: object, **__: object) -> "Traced":
        """numpy's conversion; to whole numbers by cutting off what stands behind the point."""
        from modelport.frontends.sklearn.tracing.ufuncs import whole

        kind = kind_of(np.dtype(dtype))
        if kind == "bool" and self.kind != "bool":
            zero = self.scope.builder.constant(np.asarray(0.0), self.value.dtype)
            equal = self.scope.builder.op("Equal", self.value, zero, dtype=ir.DataType.BOOL)
            return self.like(self.scope.builder.op("Not", equal), "bool")
        if kind == "int" and self.kind in ("float64", "float32"):
            return whole(self)
        return self.as_kind(kind)

    def reshape(self, *shape: Any, **_: object) -> "Traced":
        """Only between [N] and [N, 1]."""
        wanted = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        sizes = [None if isinstance(size, _Rows) or size == -1 else int(size) for size in wanted]
        if sizes == [None, 1] and self.width in (None, 1):
            return self.matrix()
        if sizes == [None] and self.width in (None, 1):
            return self.vector()
        if len(sizes) == 2 and sizes[0] is None and sizes[1] == self.width:
            return self
        raise UntraceableError("reshapes rows")

    def ravel(self, *_: object, **__: object) -> "Traced":
        """[N, 1] as [N]."""
        return self.vector()

    flatten = squeeze = ravel

    def __getattr__(self, name: str) -> Any:
        from modelport.frontends.sklearn.tracing.functions import METHODS

        if name in METHODS:
            return lambda *args, **options: METHODS[name](self, *args, **options)
        if name.startswith("__"):
            raise AttributeError(name)
        raise UntraceableError(f"uses .{name}, which cannot be traced")


def kind_of(dtype: np.dtype[Any]) -> Kind:
    """'float64', 'float32', 'int' or 'bool'."""
    if dtype == np.float32:
        return "float32"
    if dtype.kind == "f" and dtype.itemsize == 8:
        return "float64"
    if dtype.kind in "iu":
        return "int"
    if dtype.kind == "b":
        return "bool"
    raise UntraceableError(f"computes in {dtype}")


def promoted(kinds: list[Kind], weak: list[Any]) -> Kind:
    """numpy's common type of arrays of these kinds and Python numbers."""
    present = [_NUMPY[kind] for kind in kinds]
    return kind_of(np.result_type(*present, *weak))


def constant_of(scope: Scope, value: Any, like: Traced) -> Traced:
    """A number, or an array with one value a column, as values beside ``like``."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise UntraceableError(f"combines rows with {type(value).__name__}")
    width = 1 if array.ndim == 0 else array.shape[-1]
    if array.ndim > 2 or (array.ndim == 2 and array.shape[0] != 1):
        raise UntraceableError("combines rows with an array of several rows")
    if like.width is None and width != 1:
        raise UntraceableError("combines a column with an array of another shape")
    kind = kind_of(array.dtype)
    flat = array.reshape(()) if width == 1 else array.reshape(1, -1)
    constant = scope.builder.constant(flat.astype(_DTYPES[kind].numpy()), _DTYPES[kind])
    return Traced(scope, constant, None if like.width is None else width, kind)
