"""Factors made and unmade inside a formula: factor(), cut(), as.character(), relevel() and their kind."""

import itertools

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, either, is_nan, missing_where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.arithmetic import single
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import (
    code_among,
    level_text,
    level_texts,
    logical,
    number_value,
    numeric,
    text_value,
)
from modelport.frontends.r.terms.values import Constant, Joined, Term, Vector

__all__ = ["CATEGORIES"]

_BOOL, _INT64 = ir.DataType.BOOL, ir.DataType.INT64
_FACTOR = ("x", "levels", "labels", "exclude", "ordered", "nmax")


def _factor(compiler: Compiler, call: Call) -> Term:
    """factor(x): the levels are those of the fit, which the model keeps; levels and labels given are constants."""
    arguments = call.matched(_FACTOR if call.name in ("factor", "ordered") else ("x",))
    value = compiler.compile(arguments["x"])
    if isinstance(value, Joined) and set(arguments) <= {"x", "ordered"}:
        return value
    if not isinstance(value, Vector):
        raise ValueError(f"{call.name}() is compiled of a column only")
    if "exclude" in arguments:
        raise ValueError("factor() is compiled without 'exclude'")
    given = compiler.compile(arguments["levels"]) if "levels" in arguments else None
    labels = compiler.compile(arguments["labels"]) if "labels" in arguments else None
    if given is None and labels is None:
        return Vector(value.kind, value.value, value.levels, value.feature, as_factor=True)
    if not isinstance(given, Constant):
        levels = _own_levels(compiler, value)
    else:
        levels = tuple(text for text in level_texts(given) if text is not None)
    names = tuple(str(t) for t in level_texts(labels)) if isinstance(labels, Constant) else levels
    if len(names) != len(levels):
        raise ValueError(f"factor() has {len(levels)} levels and {len(names)} labels")
    return _relabelled(compiler, code_among(compiler.scope, value, levels), names)


def _own_levels(compiler: Compiler, value: Vector) -> tuple[str, ...]:
    """The levels that factor() finds in a column of the rows. Raises: ValueError where nothing tells them."""
    if value.levels or value.kind == "logical":
        return value.levels or ("FALSE", "TRUE")
    numbers = compiler.scope.variables[value.feature].numbers if value.feature is not None else None
    if numbers is None:
        raise ValueError("factor() is compiled with labels only where levels are given too")
    compiler.scope.stricter.add(str(value.feature))
    compiler.scope.notes.append(
        f"factor({value.feature}, labels = …) takes the values of the sample in their order: R takes those of its rows"
    )
    return tuple(level_text(number) for number in numbers)


def _relabelled(compiler: Compiler, code: ir.Value, names: tuple[str, ...]) -> Vector:
    """Levels of the same label are one level."""
    unique = tuple(dict.fromkeys(names))
    if len(unique) == len(names):
        return Vector("factor", code, names)
    b = compiler.scope.builder
    table = np.array([*(unique.index(name) for name in names), len(unique)], dtype=np.int64)
    return Vector("factor", b.op("Gather", b.constant(table), code, axis=0), unique)


def _relevel(compiler: Compiler, call: Call) -> Term:
    arguments = call.matched(("x", "ref", "..."))
    value = compiler.compile(arguments["x"])
    if not isinstance(value, Vector):
        raise ValueError("relevel() is compiled of a factor only")
    return Vector(value.kind, value.value, value.levels, value.feature, as_factor=True)


def _kept(compiler: Compiler, call: Call) -> Term:
    """C(f, contrasts), droplevels(f): the same factor; its contrasts are stored in the model."""
    return compiler.compile(call.arguments[0][1])


def _as_character(compiler: Compiler, call: Call) -> Term:
    value = compiler.compile(single(call))
    if isinstance(value, Constant):
        return Constant("text", tuple(level_texts(value)))
    if isinstance(value, Vector) and value.as_factor and value.kind != "text":
        return value  # numbers as text: what they are compared with are levels
    if isinstance(value, Vector) and value.kind == "number":
        return Vector("number", value.value, feature=value.feature, as_factor=True)
    return Vector("text", text_value(compiler.scope, value))


def _as_numeric(compiler: Compiler, call: Call) -> Term:
    """Codes of a factor, 0 and 1 of a logical; as.integer() cuts towards 0."""
    scope = compiler.scope
    value = compiler.compile(single(call))
    if isinstance(value, Vector) and value.kind == "factor":
        if value.feature is not None:
            # Of a level that the fit has not seen R takes the place it has among those of all rows.
            scope.stricter.add(value.feature)
        codes = np.arange(1.0, len(value.levels) + 1).reshape(-1, 1)
        return Vector("number", scope.looked_up(value.value, codes))
    if isinstance(value, Vector) and value.as_factor:
        if value.kind == "number" and value.feature is not None and call.name != "as.integer":
            raise ValueError("the codes of factor(x) are not known here; use as.numeric(as.character(x)) or x itself")
        raise ValueError("the codes of this factor are not known here")
    number = numeric(value)
    if isinstance(number, Constant):
        cut = np.trunc if call.name == "as.integer" else np.float64
        return Constant("number", tuple(float(cut(item)) for item in number.numbers))
    if call.name == "as.integer" and number.kind == "number":
        g = scope.builder
        negative = g.op("Less", number.value, constant(scope, 0.0), dtype=_BOOL)
        whole = g.op(
            "Where", negative, g.op("Ceil", number.value), g.op("Floor", number.value), dtype=number.value.dtype
        )
        beyond = g.op("Greater", g.op("Abs", whole), constant(scope, 2.0**31 - 1), dtype=_BOOL)
        return Vector("number", missing_where(scope, beyond, whole))
    return Vector("number", number.value, feature=number.feature)


def _as_logical(compiler: Compiler, call: Call) -> Term:
    value = numeric(compiler.compile(single(call)))
    if isinstance(value, Constant):
        number = value.numbers[0]
        return Constant("logical", (None if number != number else float(number != 0),))
    return Vector("logical", logical(compiler.scope, value))


def _flag(compiler: Compiler, arguments: dict[str, object], name: str, *, default: bool) -> bool:
    if name not in arguments:
        return default
    value = compiler.compile(arguments[name])  # type: ignore[arg-type]
    if not isinstance(value, Constant) or value.numbers[0] != value.numbers[0]:
        raise ValueError(f"{name} is no TRUE or FALSE")
    return value.numbers[0] != 0


_CUT = ("x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result", "...")


def _cut(compiler: Compiler, call: Call) -> Term:
    """cut(x, breaks): the interval of x, open on the left with right = TRUE; NA outside."""
    scope = compiler.scope
    b = scope.builder
    arguments = call.matched(_CUT)
    value = numeric(compiler.compile(arguments["x"]))
    given = numeric(compiler.compile(arguments["breaks"]))
    if not isinstance(given, Constant) or len(given.values) < 2:
        raise ValueError(
            "cut() is compiled with breaks that are constants, not with their number: R would take them from the rows"
        )
    if not isinstance(value, Vector):
        raise ValueError("cut() is compiled of a column only")
    breaks = sorted(given.numbers)
    right = _flag(compiler, dict(arguments), "right", default=True)
    lowest = _flag(compiler, dict(arguments), "include.lowest", default=False)
    count = len(breaks) - 1
    x = value.value
    if value.feature is not None:
        scope.mark(value.feature, [point for point in breaks if np.isfinite(point)])
    above = "Greater" if right else "GreaterOrEqual"
    points = constant(scope, np.array([breaks]))
    place = _counted(scope, b.op(above, x, points, dtype=_BOOL))
    if lowest:
        end, edge = (1.0, breaks[0]) if right else (float(count), breaks[-1])
        at_edge = b.op("Equal", x, constant(scope, edge), dtype=_BOOL)
        place = b.op("Where", at_edge, constant(scope, end), place, dtype=place.dtype)
    below = b.op("Less", place, constant(scope, 0.5), dtype=_BOOL)
    beyond = b.op("Greater", place, constant(scope, count + 0.5), dtype=_BOOL)
    outside = either(scope, below, beyond, is_nan(scope, x))
    code = b.op(
        "Where", outside, constant(scope, float(count)), b.op("Sub", place, constant(scope, 1.0)), dtype=place.dtype
    )
    flat = b.op("Reshape", b.cast(code, _INT64), b.constant(np.array([-1], dtype=np.int64)))
    labels = compiler.compile(arguments["labels"]) if "labels" in arguments else None
    if isinstance(labels, Constant) and labels.kind == "logical" and labels.numbers[0] == 0:
        return Vector("number", scope.looked_up(flat, np.arange(1.0, count + 1).reshape(-1, 1)))
    if isinstance(labels, Constant) and labels.kind != "logical":
        names = tuple(str(text) for text in level_texts(labels))
        if len(names) != count:
            raise ValueError(f"cut() has {count} intervals and {len(names)} labels")
        return _relabelled(compiler, flat, names)
    digits = numeric(compiler.compile(arguments["dig.lab"])) if "dig.lab" in arguments else Constant("number", (3.0,))
    assert isinstance(digits, Constant)
    return Vector("factor", flat, _intervals(breaks, int(digits.numbers[0]), right=right, lowest=lowest))


def _counted(scope: Scope, flags: ir.Value) -> ir.Value:
    """bool [N, K] -> how many are true, float64 [N, 1]: counted as whole numbers, of which no sum is rounded."""
    b = scope.builder
    count = b.op("ReduceSum", b.cast(flags, _INT64), b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.cast(count, ir.DataType.DOUBLE)


def _intervals(breaks: list[float], digits: int, *, right: bool, lowest: bool) -> tuple[str, ...]:
    """The labels that cut() makes: as few digits as keep the breaks apart."""
    for some in range(digits, max(12, digits) + 1):
        shown = [_shown(point, some, breaks) for point in breaks]
        if len(set(shown)) == len(shown):
            break
    left, end = ("(", "]") if right else ("[", ")")
    labels = [f"{left}{a},{b}{end}" for a, b in itertools.pairwise(shown)]
    if lowest and right:
        labels[0] = "[" + labels[0][1:]
    elif lowest:
        labels[-1] = labels[-1][:-1] + "]"
    return tuple(labels)


def _shown(point: float, digits: int, breaks: list[float]) -> str:
    """formatC(breaks, digits = …, width = 1) of one of them."""
    if np.isinf(point):
        # formatC() gives what is not finite one width.
        return "-Inf" if point < 0 else " Inf" if -np.inf in breaks else "Inf"
    return f"{point + 0.0:.{digits}g}"


def _find_interval(compiler: Compiler, call: Call) -> Term:
    scope = compiler.scope
    b = scope.builder
    arguments = call.matched(("x", "vec", "rightmost.closed", "all.inside", "left.open"))
    if set(arguments) - {"x", "vec", "left.open"}:
        raise ValueError("findInterval() is compiled with x, vec and left.open only")
    value, given = numeric(compiler.compile(arguments["x"])), numeric(compiler.compile(arguments["vec"]))
    if not isinstance(given, Constant) or not isinstance(value, Vector):
        raise ValueError("findInterval() is compiled of a column and constants")
    open_ = _flag(compiler, dict(arguments), "left.open", default=False)
    if value.feature is not None:
        scope.mark(value.feature, given.numbers)
    x = number_value(scope, value)
    points = constant(scope, np.array([given.numbers]))
    place = _counted(scope, b.op("Greater" if open_ else "GreaterOrEqual", x, points, dtype=_BOOL))
    return Vector("number", missing_where(scope, is_nan(scope, x), place))


def _indexed(compiler: Compiler, call: Call) -> Term:
    """table[f]: of constants the one at the place of a factor's level, NA for one unknown; at a whole number the constant."""
    if len(call.arguments) != 2:
        raise ValueError("[ is compiled with one index")
    table, index = (compiler.compile(node) for _, node in call.arguments)
    if not isinstance(table, Constant) or table.kind == "text":
        raise ValueError("[ is compiled of numbers that are the same for every row")
    if isinstance(index, Constant) and index.kind == "number":
        place = int(index.numbers[0]) - 1
        if len(index.values) != 1 or not 0 <= place < len(table.values):
            raise ValueError(f"the index is none of 1 to {len(table.values)}")
        return Constant(table.kind, table.values[place : place + 1])
    if not isinstance(index, Vector) or index.kind != "factor" or index.as_factor:
        raise ValueError("[ is compiled with a factor or a constant as index")
    numbers = np.full(len(index.levels), np.nan)
    numbers[: len(table.values)] = table.numbers[: len(index.levels)]
    return Vector("number", compiler.scope.looked_up(index.value, numbers.reshape(-1, 1)))


CATEGORIES: dict[str, Rule] = {
    "[": _indexed,
    "factor": _factor,
    "as.factor": _factor,
    "ordered": _factor,
    "as.ordered": _factor,
    "relevel": _relevel,
    "C": _kept,
    "droplevels": _kept,
    "as.character": _as_character,
    "as.numeric": _as_numeric,
    "unclass": _as_numeric,
    "as.double": _as_numeric,
    "as.integer": _as_numeric,
    "as.logical": _as_logical,
    "cut": _cut,
    "findInterval": _find_interval,
}
