"""What numpy's other functions are in the graph: choices, sums along a row, columns side by side."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn.tracing.array import Traced, constant_of, promoted
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.frontends.sklearn.tracing.ufuncs import UFUNCS

__all__ = ["FUNCTIONS", "METHODS", "call_function", "joined", "where"]

_BOOL = ir.DataType.BOOL


def call_function(function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """Emits one numpy function. Raises: UntraceableError with its name."""
    rule = FUNCTIONS.get(function.__name__)
    if rule is None:
        raise UntraceableError(f"uses numpy.{function.__name__}, which cannot be traced")
    try:
        return rule(*args, **options)
    except TypeError as err:
        raise UntraceableError(f"uses numpy.{function.__name__} with options that cannot be traced") from err


def joined(parts: Sequence[Any]) -> Traced:
    """Columns side by side, in numpy's common type; [N] counts as one column."""
    first = next((part for part in parts if isinstance(part, Traced)), None)
    if first is None or any(not isinstance(part, Traced) for part in parts):
        raise UntraceableError("puts rows beside a plain array, whose number of rows is fixed")
    kind = promoted([part.kind for part in parts], [])
    wide = [part.matrix().as_kind(kind) for part in parts]
    if len(wide) == 1:
        only: Traced = wide[0]
        return only
    value = first.scope.builder.op("Concat", *(part.value for part in wide), axis=1)
    return first.like(value, kind, sum(part.width or 0 for part in wide))


def _side_by_side(parts: Sequence[Any], axis: int = 1, **_: object) -> Traced:
    if any(isinstance(part, Traced) and part.width is None for part in parts) or axis not in (1, -1):
        raise UntraceableError("puts rows one after the other")
    return joined(parts)


def _hstack(parts: Sequence[Any]) -> Traced:
    return _side_by_side(parts)


def _stack(parts: Sequence[Any], axis: int = 0) -> Traced:
    if axis not in (1, -1) or any(isinstance(part, Traced) and part.width is not None for part in parts):
        raise UntraceableError("stacks tables")
    return joined(parts)


def where(condition: Any, *choices: Any) -> Traced:
    """numpy.where with three arguments."""
    if len(choices) != 2:
        raise UntraceableError("asks where a condition holds")
    a, b = choices
    first = next(value for value in (condition, a, b) if isinstance(value, Traced))
    if not isinstance(condition, Traced):
        condition = constant_of(first.scope, condition, first)
    wide = max((v for v in (condition, a, b) if isinstance(v, Traced)), key=lambda v: v.width or 0)
    strong = [v.kind for v in (a, b) if isinstance(v, Traced)]
    weak = [v for v in (a, b) if isinstance(v, bool | int | float) and not isinstance(v, np.generic)]
    others = [v for v in (a, b) if not isinstance(v, Traced) and not any(v is w for w in weak)]
    kind = promoted([*strong, *(constant_of(first.scope, v, wide).kind for v in others)], weak)
    sides = [(v if isinstance(v, Traced) else constant_of(first.scope, v, wide)).as_kind(kind) for v in (a, b)]
    if condition.kind != "bool":
        condition = condition.astype(np.bool_)
    value = first.scope.builder.op("Where", condition.value, sides[0].value, sides[1].value, dtype=sides[0].value.dtype)
    return first.like(value, kind, wide.width)


def _clip(x: Traced, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Traced:  # noqa: A002
    """NaN stays; the borders are taken in numpy's common type."""
    for rule, border in (("maximum", a_min if min is None else min), ("minimum", a_max if max is None else max)):
        if border is not None:
            x = UFUNCS[rule](x, border)
    return x


def _nan_to_num(x: Traced, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Traced:
    if x.kind not in ("float64", "float32"):
        return x
    limits = np.finfo(x.dtype)
    b = x.scope.builder
    value = b.op("Where", b.op("IsNaN", x.value, dtype=_BOOL), _number(x, nan), x.value, dtype=x.value.dtype)
    for border, end in (
        (np.inf, limits.max if posinf is None else posinf),
        (-np.inf, limits.min if neginf is None else neginf),
    ):
        hit = b.op("Equal", x.value, _number(x, border), dtype=_BOOL)
        value = b.op("Where", hit, _number(x, end), value, dtype=x.value.dtype)
    result = x.like(value)
    if not copy:
        x.value = value
    return result


def _round(x: Traced, decimals: int = 0, **_: object) -> Traced:
    """numpy rounds to decimals by a product, rint, and a division."""
    if decimals == 0:
        return UFUNCS["rint"](x)
    factor = float(10 ** abs(decimals))
    first, last = ("multiply", "divide") if decimals > 0 else ("divide", "multiply")
    return UFUNCS[last](UFUNCS["rint"](UFUNCS[first](x, factor)), factor)


def _number(x: Traced, number: float) -> ir.Value:
    return x.scope.builder.constant(np.asarray(number), x.value.dtype)


def _along_rows(x: Traced, axis: Any) -> None:
    if x.width is None or axis not in (1, -1):
        raise UntraceableError("sums up or compares the rows of a batch with each other: use axis=1")


def _reduced(op: str) -> Callable[..., Traced]:
    def rule(x: Traced, axis: Any = None, keepdims: bool = False, dtype: Any = None, **_: object) -> Traced:
        _along_rows(x, axis)
        if dtype is not None:
            x = x.astype(dtype)
        if x.kind == "bool":
            x = x.as_kind("int")
        b = x.scope.builder
        if op == "ReduceSum" and x.width is not None and x.width < 8:
            # Below eight numpy adds from left to right.
            value = x.columns([0]).value
            for column in range(1, x.width):
                value = b.op("Add", value, x.columns([column]).value)
        elif op == "ReduceSum":
            value = b.op(op, x.value, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
        else:
            nan = b.op(
                "ReduceMax",
                b.cast(b.op("IsNaN", x.value, dtype=_BOOL), ir.DataType.DOUBLE),
                b.constant(np.array([1])),
                keepdims=1,
            )
            best = b.op(op, x.value, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
            some = b.op("Greater", nan, b.constant(np.asarray(0.5)), dtype=_BOOL)
            value = b.op("Where", some, _number(x, np.nan), best, dtype=best.dtype)
        result = x.like(value, width=1)
        return result if keepdims else result.vector()

    return rule


def _mean(x: Traced, axis: Any = None, keepdims: bool = False, **options: object) -> Traced:
    x = x.as_kind("float64") if x.kind in ("int", "bool") else x
    total = _reduced("ReduceSum")(x, axis=axis, keepdims=keepdims, **options)
    return UFUNCS["divide"](total, float(x.width or 1))


def _product(x: Traced, axis: Any = None, keepdims: bool = False, **_: object) -> Traced:
    """From left to right; numpy multiplies eight and more in another order, which changes the last bits."""
    _along_rows(x, axis)
    if (x.width or 0) >= 8:
        raise UntraceableError("multiplies eight or more columns, in an order of numpy's own")
    total = x.columns([0])
    for column in range(1, x.width or 1):
        total = UFUNCS["multiply"](total, x.columns([column]))
    return total if keepdims else total.vector()


def _variance(x: Traced, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Traced:
    centre = _mean(x, axis=axis, keepdims=True)
    squares = UFUNCS["square"](UFUNCS["subtract"](x, centre))
    total = _reduced("ReduceSum")(squares, axis=axis, keepdims=keepdims)
    return UFUNCS["divide"](total, float((x.width or 1) - ddof))


def _deviation(x: Traced, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Traced:
    return UFUNCS["sqrt"](_variance(x, axis=axis, ddof=ddof, keepdims=keepdims))


def _norm(x: Traced, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Traced:  # noqa: A002
    if ord not in (None, 2, 1, np.inf):
        raise UntraceableError(f"takes a norm of order {ord}")
    if ord == np.inf:
        return _reduced("ReduceMax")(UFUNCS["absolute"](x), axis=axis, keepdims=keepdims)
    terms = UFUNCS["absolute" if ord == 1 else "square"](x)
    total = _reduced("ReduceSum")(terms, axis=axis, keepdims=keepdims)
    return total if ord == 1 else UFUNCS["sqrt"](total)


def _median(x: Traced, axis: Any = None, keepdims: bool = False, **_: object) -> Traced:
    """The middle of the sorted row, or the mean of the two in the middle; NaN where there is one."""
    _along_rows(x, axis)
    x = x.as_kind("float64") if x.kind in ("int", "bool") else x
    count = x.width or 1
    ordered = x.like(x.scope.builder.top_k(x.value, count)[0])
    middle = ordered.columns([count // 2])
    if count % 2 == 0:
        middle = UFUNCS["multiply"](UFUNCS["add"](ordered.columns([count // 2 - 1]), middle), 0.5)
    gap = _counted("any")(UFUNCS["isnan"](x), axis=1, keepdims=True)
    result = where(gap, float("nan"), middle)
    return result if keepdims else result.vector()


def _digitize(x: Traced, bins: Any, right: bool = False) -> Traced:
    """The number of borders at or below x (below x where ``right``)."""
    borders = np.asarray(bins, dtype=np.float64)
    if borders.ndim != 1 or (np.diff(borders) < 0).any():
        raise UntraceableError("sorts into bins that do not ascend")
    b = x.scope.builder
    wide = b.op("Unsqueeze", b.cast(x.value, ir.DataType.DOUBLE), b.constant(np.array([-1], dtype=np.int64)))
    reached = b.op("Greater" if right else "GreaterOrEqual", wide, b.constant(borders), dtype=_BOOL)
    count = b.op(
        "ReduceSum", b.cast(reached, ir.DataType.INT64), b.constant(np.array([-1], dtype=np.int64)), keepdims=0
    )
    # NaN counts as above every border.
    nan = b.op("IsNaN", x.value, dtype=_BOOL)
    most = b.constant(np.asarray(float(len(borders))))
    return x.like(b.op("Where", nan, most, b.cast(count, ir.DataType.DOUBLE), dtype=ir.DataType.DOUBLE), "int")


def _place(op: str) -> Callable[..., Traced]:
    """argmax and argmin along a row: the first of equals, and the first NaN."""

    def rule(x: Traced, axis: Any = None, **_: object) -> Traced:
        _along_rows(x, axis)
        b = x.scope.builder
        value = x.value if op == "max" else b.op("Neg", x.value)
        nan = b.cast(b.op("IsNaN", value, dtype=_BOOL), value.dtype or ir.DataType.DOUBLE)
        some = b.op(
            "Greater", b.op("ReduceMax", nan, b.constant(np.array([1])), keepdims=1), _number(x, 0.5), dtype=_BOOL
        )
        ranked = b.op("Where", some, nan, value, dtype=value.dtype)
        index = b.op("ArgMax", ranked, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0)
        return x.like(b.cast(index, ir.DataType.DOUBLE), "int", None)

    return rule


def _differences(x: Traced, n: int = 1, axis: int = -1) -> Traced:
    if x.width is None or axis not in (1, -1) or n != 1:
        raise UntraceableError("takes differences of rows")
    return UFUNCS["subtract"](x[:, 1:], x[:, :-1])


def _counted(name: str) -> Callable[..., Traced]:
    """any and all along a row."""

    def rule(x: Traced, axis: Any = None, keepdims: bool = False, **_: object) -> Traced:
        _along_rows(x, axis)
        b = x.scope.builder
        number = b.cast(x.astype(np.bool_).value, ir.DataType.DOUBLE)
        best = b.op("ReduceMax" if name == "any" else "ReduceMin", number, b.constant(np.array([1])), keepdims=1)
        result = x.like(b.op("Greater", best, b.constant(np.asarray(0.5)), dtype=_BOOL), "bool", 1)
        return result if keepdims else result.vector()

    return rule


def _same(x: Traced, *_: object, **__: object) -> Traced:
    return x.copy()


def _reshape(x: Traced, *shape: Any, **_: object) -> Traced:
    return x.reshape(*shape)


def _expand(x: Traced, axis: Any) -> Traced:
    if x.width is not None or axis not in (1, -1):
        raise UntraceableError("adds a dimension that is none of a table")
    return x.matrix()


def _delete(x: Traced, places: Any, axis: Any = None) -> Traced:
    if x.width is None or axis not in (1, -1):
        raise UntraceableError("takes rows away")
    gone = {int(place) % x.width for place in np.atleast_1d(places)}
    return x.columns([column for column in range(x.width) if column not in gone])


def _append(x: Traced, more: Any, axis: Any = None) -> Traced:
    if axis not in (1, -1):
        raise UntraceableError("adds rows")
    return _side_by_side([x, more])


def _dot(x: Traced, weights: Any) -> Traced:
    """rows @ matrix, in the wider of the two types."""
    array = np.asarray(weights)
    if x.width is None or array.shape[:1] != (x.width,) or array.ndim > 2:
        raise UntraceableError("multiplies matrices of other shapes than [N, F] and [F, K]")
    kind = promoted([x.kind, {np.dtype(np.float32): "float32"}.get(array.dtype, "float64")], [])
    x = x.as_kind(kind)
    matrix = array.reshape(x.width or 1, -1)
    b = x.scope.builder
    result = x.like(
        b.op("MatMul", x.value, b.constant(np.ascontiguousarray(matrix), x.value.dtype)), width=matrix.shape[1]
    )
    return result.vector() if array.ndim == 1 else result


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": where,
    "clip": _clip,
    "nan_to_num": _nan_to_num,
    "round": _round,
    "around": _round,
    "round_": _round,
    "sum": _reduced("ReduceSum"),
    "max": _reduced("ReduceMax"),
    "amax": _reduced("ReduceMax"),
    "min": _reduced("ReduceMin"),
    "amin": _reduced("ReduceMin"),
    "mean": _mean,
    "prod": _product,
    "var": _variance,
    "std": _deviation,
    "norm": _norm,
    "median": _median,
    "digitize": _digitize,
    "argmax": _place("max"),
    "argmin": _place("min"),
    "diff": _differences,
    "any": _counted("any"),
    "all": _counted("all"),
    "hstack": _hstack,
    "concatenate": _side_by_side,
    "concat": _side_by_side,
    "column_stack": joined,
    "stack": _stack,
    "copy": _same,
    "reshape": _reshape,
    "ravel": lambda x, *_, **__: x.vector(),
    "squeeze": lambda x, *_, **__: x.vector(),
    "expand_dims": _expand,
    "atleast_2d": lambda x: x.matrix() if x.width is not None else _rows_error(),
    "delete": _delete,
    "append": _append,
    "dot": _dot,
    "matmul": _dot,
    "ndim": lambda x: x.ndim,
    "shape": lambda x: x.shape,
    "size": lambda *_: _rows_error(),
}
METHODS: dict[str, Callable[..., Any]] = {
    name: FUNCTIONS[name]
    for name in (
        "clip",
        "sum",
        "max",
        "min",
        "mean",
        "any",
        "all",
        "round",
        "dot",
        "prod",
        "var",
        "std",
        "argmax",
        "argmin",
    )
}


def _rows_error() -> Any:
    raise UntraceableError("uses the number of rows, which differs from call to call")


setattr(Traced, "__matmul__", _dot)  # noqa: B010
