"""Arithmetic of R on columns: operators, rounding, extremes, and the functions that change nothing but a type."""

import operator
from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, either, is_nan, missing_where, ones, where
from modelport.frontends.r.serialize import RObject
from modelport.frontends.r.terms.calls import Call, deparse
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.values import Constant, Grid, Term, Vector

__all__ = ["ARITHMETIC", "single", "two"]

_BOOL = ir.DataType.BOOL


def single(call: Call) -> RObject:
    """The only argument. Raises: ValueError."""
    if len(call.arguments) != 1:
        raise ValueError(f"{call.name}() is compiled with one argument")
    return call.arguments[0][1]


def two(compiler: Compiler, call: Call) -> tuple[Vector | Constant, Vector | Constant]:
    """Both operands, numbers or logicals. Raises: ValueError."""
    if len(call.arguments) != 2:
        raise ValueError(f"{call.name} is compiled with two operands")
    first, second = (numeric(compiler.compile(value)) for _, value in call.arguments)
    return first, second


def _infix(op: str, fold: Callable[[float, float], float]) -> Rule:
    def rule(compiler: Compiler, call: Call) -> Term:
        if len(call.arguments) == 1:
            return _signed(compiler, call)
        grid = _with_grid(compiler, call, op)
        if grid is not None:
            return grid
        a, b = two(compiler, call)
        if isinstance(a, Constant) and isinstance(b, Constant):
            return _folded(fold, a, b)
        scope = compiler.scope
        return Vector("number", scope.builder.op(op, number_value(scope, _one(a)), number_value(scope, _one(b))))

    return rule


def _with_grid(compiler: Compiler, call: Call, op: str) -> Grid | None:
    """A matrix and one number, such as poly(x, 2) * 3: by element."""
    values = [compiler.compile(value) for _, value in call.arguments]
    if not any(isinstance(value, Grid) for value in values):
        return None
    grids = [value for value in values if isinstance(value, Grid)]
    others = [number_value(compiler.scope, _one(numeric(v))) for v in values if not isinstance(v, Grid)]
    parts = iter(others)
    operands = [v.value if isinstance(v, Grid) else next(parts) for v in values]
    return Grid(compiler.scope.builder.op(op, *operands), grids[0].names)


def _one(value: Vector | Constant) -> Vector | Constant:
    if isinstance(value, Constant) and len(value.values) != 1:
        raise ValueError(f"a vector of {len(value.values)} constants stands where one number must")
    return value


def _folded(fold: Callable[[float, float], float], a: Constant, b: Constant) -> Constant:
    count = max(len(a.values), len(b.values))
    if not a.values or not b.values:
        return Constant("number", ())
    with np.errstate(all="ignore"):
        pairs = [
            (np.float64(a.numbers[i % len(a.values)]), np.float64(b.numbers[i % len(b.values)])) for i in range(count)
        ]
        return Constant("number", tuple(float(fold(x, y)) for x, y in pairs))


def _signed(compiler: Compiler, call: Call) -> Term:
    value = compiler.compile(single(call))
    if isinstance(value, Grid):
        return value if call.name == "+" else Grid(compiler.scope.builder.op("Neg", value.value), value.names)
    number = numeric(value)
    if call.name == "+":
        return number if isinstance(number, Constant) else Vector("number", number.value, feature=number.feature)
    if isinstance(number, Constant):
        return Constant("number", tuple(-item for item in number.numbers))
    return Vector("number", compiler.scope.builder.op("Neg", number.value))


def _power(compiler: Compiler, call: Call) -> Term:
    """R multiplies x by itself for x^2; everything else is the C library's pow, but of 0 and of -Inf by R's own rules."""
    a, b = two(compiler, call)
    if isinstance(a, Constant) and isinstance(b, Constant):
        return _folded(lambda x, y: x * x if y == 2 else np.power(x, y), a, b)
    scope = compiler.scope
    base, exponent = number_value(scope, _one(a)), number_value(scope, _one(b))
    if isinstance(b, Constant) and b.numbers[0] == 2:
        return Vector("number", scope.builder.op("Mul", base, base))
    if isinstance(b, Constant) and b.numbers[0] == 1:
        return Vector("number", base)
    value = scope.builder.op("Pow", base, exponent)
    if isinstance(b, Constant) and b.numbers[0] == 0:
        return Vector("number", value)  # NA^0 is 1
    if not isinstance(b, Constant):
        return Vector("number", value)
    value = missing_where(scope, is_nan(scope, base), value)
    if b.numbers[0] < 0:
        # Of the zero below 0 too.
        zero = scope.builder.op("Equal", base, constant(scope, 0.0), dtype=_BOOL)
        value = where(scope, zero, constant(scope, np.inf), value)
    if not b.numbers[0].is_integer():
        below = scope.builder.op("Less", base, constant(scope, 0.0), dtype=_BOOL)
        value = missing_where(scope, below, value)
    return Vector("number", value)


def _modulo(compiler: Compiler, call: Call) -> Term:
    """x %% y = x - floor(x / y)·y by fmod, of the sign of y; x %/% y = floor of what is left over y."""
    a, b = two(compiler, call)
    if isinstance(a, Constant) and isinstance(b, Constant):
        return _folded(lambda x, y: x % y if call.name == "%%" else x // y, a, b)
    scope = compiler.scope
    g = scope.builder
    x, y = number_value(scope, _one(a)), number_value(scope, _one(b))
    if not isinstance(b, Constant) or not np.isfinite(b.numbers[0]) or b.numbers[0] == 0:
        raise ValueError(f"{call.name} is compiled with a constant divisor")
    rest = first = g.op("Mod", x, y, fmod=1)
    zero = constant(scope, 0.0)
    other = g.op("Less", g.op("Mul", rest, y), zero, dtype=_BOOL)
    rest = where(scope, other, g.op("Add", rest, y), rest)
    if call.name == "%%":
        # R adds in long double: what is lost there beside y leaves y, of which the rest is 0.
        exponent = int(np.floor(np.log2(abs(b.numbers[0]))))
        lost = 2.0 ** (exponent - (65 if abs(b.numbers[0]) == 2.0**exponent else 64))
        vanished = g.op("LessOrEqual", g.op("Abs", first), constant(scope, lost), dtype=_BOOL)
        # A quotient below all doubles is 0, and its floor not yet -1: y is what is left then.
        counted = g.op("Not", g.op("Equal", g.op("Div", x, y), zero, dtype=_BOOL), dtype=_BOOL)
        gone = g.op("And", g.op("And", other, vanished, dtype=_BOOL), counted, dtype=_BOOL)
        return Vector("number", where(scope, gone, zero, rest))
    quotient = g.op("Div", g.op("Sub", x, rest), y)
    whole = g.op("Floor", g.op("Add", quotient, constant(scope, 0.5)))
    return Vector("number", where(scope, g.op("IsInf", x, dtype=_BOOL), g.op("Div", x, y), whole))


def _same(compiler: Compiler, call: Call) -> Term:
    return compiler.compile(call.arguments[0][1]) if call.arguments else _none(call)


def _none(call: Call) -> Term:
    raise ValueError(f"{call.name}() has no argument")


def _extreme(op: str) -> Rule:
    """pmin and pmax: NA where one is NA, or with na.rm = TRUE only where all are."""

    def rule(compiler: Compiler, call: Call) -> Term:
        scope = compiler.scope
        skip = False
        values = []
        for name, node in call.arguments:
            if name == "na.rm":
                skip = compiler.compile(node) in (Constant("logical", (1.0,)),)
            else:
                values.append(_one(numeric(compiler.compile(node))))
        known = [value.numbers[0] for value in values if isinstance(value, Constant)]
        if len(known) == len(values):
            return Constant("number", ((max if op == "Max" else min)(known),))
        parts = [number_value(scope, value) for value in values]
        found = parts[0]
        for part in parts[1:]:
            best = scope.builder.op(op, found, part)
            nan_a, nan_b = is_nan(scope, found), is_nan(scope, part)
            if skip:
                found = where(scope, nan_a, part, where(scope, nan_b, found, best))
            else:
                found = missing_where(scope, either(scope, nan_a, nan_b), best)
        _mark_meeting(compiler, values)
        return Vector("number", found)

    return rule


def _mark_meeting(compiler: Compiler, values: list[Vector | Constant]) -> None:
    points = [value.numbers[0] for value in values if isinstance(value, Constant)]
    for value in values:
        if isinstance(value, Vector) and value.feature is not None:
            compiler.scope.mark(value.feature, points)


def _rounding(op: str, fold: Callable[[float], float]) -> Rule:
    def rule(compiler: Compiler, call: Call) -> Term:
        value = numeric(compiler.compile(single(call)))
        if isinstance(value, Constant):
            return Constant("number", tuple(float(fold(item)) for item in value.numbers))
        return Vector("number", compiler.scope.builder.op(op, value.value))

    return rule


def _round(compiler: Compiler, call: Call) -> Term:
    """round(x): to even; other digits are not compiled: R 4 searches among candidates."""
    arguments = call.matched(("x", "digits"))
    if "digits" in arguments and compiler.compile(arguments["digits"]) != Constant("number", (0.0,)):
        raise ValueError("round() is compiled to whole numbers only")
    value = numeric(compiler.compile(arguments["x"]))
    if isinstance(value, Constant):
        return Constant("number", tuple(float(np.rint(item)) for item in value.numbers))
    return Vector("number", compiler.scope.builder.op("Round", value.value))


def _truncated(compiler: Compiler, call: Call) -> Term:
    value = numeric(compiler.compile(single(call)))
    if isinstance(value, Constant):
        return Constant("number", tuple(float(np.trunc(item)) for item in value.numbers))
    scope = compiler.scope
    g = scope.builder
    negative = g.op("Less", value.value, constant(scope, 0.0), dtype=_BOOL)
    return Vector("number", where(scope, negative, g.op("Ceil", value.value), g.op("Floor", value.value)))


def _combined(compiler: Compiler, call: Call) -> Term:
    parts = [compiler.compile(value) for _, value in call.arguments]
    if not all(isinstance(part, Constant) for part in parts):
        raise ValueError("c() is compiled of constants only")
    constants = [part for part in parts if isinstance(part, Constant)]
    kinds = {part.kind for part in constants}
    items = tuple(item for part in constants for item in part.values)
    if "text" in kinds:
        from modelport.frontends.r.terms.convert_types import level_texts

        return Constant("text", tuple(text for part in constants for text in level_texts(part)))
    return Constant("logical" if kinds == {"logical"} else "number", items)


def _sequence(compiler: Compiler, call: Call) -> Term:
    a, b = two(compiler, call)
    if not isinstance(a, Constant) or not isinstance(b, Constant):
        raise ValueError("':' is compiled of constants only")
    start, stop = a.numbers[0], b.numbers[0]
    step = 1 if stop >= start else -1
    return Constant("number", tuple(start + step * i for i in range(int(abs(stop - start) + 1e-10) + 1)))


def _steps(compiler: Compiler, call: Call) -> Term:
    """seq(from, to, by) or seq(from, to, length.out = n) of constants: from + i * by, as seq.default computes it."""
    arguments = call.matched(("from", "to", "by", "length.out", "along.with"))
    wanted = set(arguments) - {"from", "to"}
    if not {"from", "to"} <= set(arguments) or len(wanted) > 1 or "along.with" in wanted:
        raise ValueError("seq() is compiled with from, to and by, or length.out instead of by")
    given = [numeric(compiler.compile(arguments[name])) for name in ("from", "to", *wanted)]
    parts = [value.numbers[0] for value in given if isinstance(value, Constant)]
    if len(parts) != len(given):
        raise ValueError("seq() is compiled of constants only")
    start, stop = parts[:2]
    if "length.out" in wanted:
        size = int(np.ceil(parts[2]))
        step = (stop - start) / (size - 1) if size > 2 else 0.0
        return Constant("number", (start, *(start + i * step for i in range(1, size - 1)), stop)[:size])
    by = parts[2] if len(parts) == 3 else (1.0 if stop >= start else -1.0)
    if by == 0 or (stop - start) / by < 0:
        raise ValueError("seq() has a step of the wrong sign")
    count = int((stop - start) / by + 1e-10)
    found = [start + i * by for i in range(count + 1)]
    return Constant("number", tuple(min(v, stop) if by > 0 else max(v, stop) for v in found))


def _columns(compiler: Compiler, call: Call) -> Term:
    """cbind(): columns side by side; a constant beside them stands in every row."""
    scope = compiler.scope
    parts: list[ir.Value] = []
    names: list[str] = []
    values = [compiler.compile(node) for _, node in call.arguments]
    if not any(isinstance(value, Vector | Grid) for value in values):
        raise ValueError("cbind() is compiled of columns, and of constants beside them")
    for (name, node), value in zip(call.arguments, values, strict=True):
        if isinstance(value, Grid):
            parts.append(value.value)
            names += value.names
            continue
        number = _one(numeric(value))
        column = number_value(scope, number)
        parts.append(scope.builder.op("Mul", column, ones(scope)) if isinstance(number, Constant) else column)
        names.append(name or deparse(node))
    return Grid(concat(scope, parts), tuple(names))


ARITHMETIC: dict[str, Rule] = {
    "+": _infix("Add", operator.add),
    "-": _infix("Sub", operator.sub),
    "*": _infix("Mul", operator.mul),
    "/": _infix("Div", np.divide),
    "^": _power,
    "**": _power,
    "%%": _modulo,
    "%/%": _modulo,
    "(": _same,
    "I": _same,
    "identity": _same,
    "offset": _same,
    "as.vector": _same,
    "drop": _same,
    "pmin": _extreme("Min"),
    "pmax": _extreme("Max"),
    "floor": _rounding("Floor", np.floor),
    "ceiling": _rounding("Ceil", np.ceil),
    "abs": _rounding("Abs", np.abs),
    "sign": _rounding("Sign", np.sign),
    "round": _round,
    "trunc": _truncated,
    "c": _combined,
    ":": _sequence,
    "seq": _steps,
    "cbind": _columns,
}
