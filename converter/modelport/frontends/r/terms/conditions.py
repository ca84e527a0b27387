"""Comparisons and logic of R with NA: what NA does not decide stays what it is, everything else it makes NA."""

import operator
from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import (
    constant,
    either,
    is_nan,
    missing_where,
    negated,
    to_bool,
    to_number,
    where,
)
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.arithmetic import single
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import (
    code_among,
    level_texts,
    logical,
    number_value,
    numeric,
    text_value,
    truth,
)
from modelport.frontends.r.terms.values import Constant, Term, Vector
from modelport.ir.contract import MISSING_STRING

__all__ = ["CONDITIONS", "is_missing", "missing_flags"]

_BOOL = ir.DataType.BOOL


def is_missing(compiler: Compiler, value: Term) -> ir.Value:
    """bool [N, 1]: where a value is NA or NaN. Raises: ValueError for what is no column."""
    if not isinstance(value, Vector):
        raise ValueError("is.na() is compiled of a column only")
    return missing_flags(compiler.scope, value)


def missing_flags(scope: Scope, value: Vector) -> ir.Value:
    """bool [N, 1]: where a column is NA or NaN."""
    if value.kind in ("number", "logical"):
        return is_nan(scope, value.value)
    b = scope.builder
    if value.kind == "text":
        return b.op("Equal", value.value, b.constant([MISSING_STRING]), dtype=_BOOL)
    if value.feature is not None:
        return b.op("Equal", scope.inputs[value.feature], b.constant([MISSING_STRING]), dtype=_BOOL)
    same = b.op("Equal", value.value, b.constant(np.array([len(value.levels)], dtype=np.int64)), dtype=_BOOL)
    return b.op("Reshape", same, b.constant(np.array([-1, 1], dtype=np.int64)))


def _comparison(op: str, fold: Callable[[float, float], bool], *, negate: bool = False) -> Rule:
    def rule(compiler: Compiler, call: Call) -> Term:
        scope = compiler.scope
        if len(call.arguments) != 2:
            raise ValueError(f"{call.name} is compiled with two operands")
        a, b = (compiler.compile(value) for _, value in call.arguments)
        if _textual(a) or _textual(b):
            if op != "Equal":
                raise ValueError("texts are compared with == and != only: their order is the locale's")
            return _same_text(compiler, a, b, negate=negate)
        first, second = numeric(a), numeric(b)
        if isinstance(first, Constant) and isinstance(second, Constant):
            x, y = first.numbers[0], second.numbers[0]
            return Constant("logical", (None if x != x or y != y else float(fold(x, y)),))
        if call.name in ("<", "<=", ">", ">=", "==", "!="):
            _mark(compiler, first, second)
        left, right = number_value(scope, first), number_value(scope, second)
        met = scope.builder.op(op, left, right, dtype=_BOOL)
        return truth(scope, negated(scope, met) if negate else met, [left, right])

    return rule


def _mark(compiler: Compiler, first: Vector | Constant, second: Vector | Constant) -> None:
    for a, b in ((first, second), (second, first)):
        if isinstance(a, Vector) and a.feature is not None and isinstance(b, Constant):
            compiler.scope.mark(a.feature, [b.numbers[0]])


def _textual(value: Term) -> bool:
    return (isinstance(value, Vector) and (value.kind in ("text", "factor") or value.as_factor)) or (
        isinstance(value, Constant) and value.kind == "text"
    )


def _same_text(compiler: Compiler, a: Term, b: Term, *, negate: bool) -> Vector:
    scope = compiler.scope
    missing = [is_missing(compiler, value) for value in (a, b) if isinstance(value, Vector)]
    met = scope.builder.op("Equal", text_value(scope, a), text_value(scope, b), dtype=_BOOL)
    found = to_number(scope, negated(scope, met) if negate else met)
    return Vector("logical", missing_where(scope, either(scope, *missing), found))


def _not(compiler: Compiler, call: Call) -> Term:
    scope = compiler.scope
    value = numeric(compiler.compile(single(call)))
    if isinstance(value, Constant):
        number = value.numbers[0]
        return Constant("logical", (None if number != number else float(number == 0),))
    return Vector("logical", scope.builder.op("Sub", constant(scope, 1.0), logical(scope, value)))


def _connected(*, everything: bool) -> Rule:
    """FALSE & NA is FALSE, TRUE | NA is TRUE: the least, or greatest, with NA in the middle."""

    def rule(compiler: Compiler, call: Call) -> Term:
        scope = compiler.scope
        parts = [logical(scope, numeric(compiler.compile(value))) for _, value in call.arguments]
        half = constant(scope, 0.5)
        filled = [where(scope, is_nan(scope, part), half, part) for part in parts]
        found = scope.builder.op("Min" if everything else "Max", *filled)
        open_ = scope.builder.op("Equal", found, half, dtype=_BOOL)
        return Vector("logical", missing_where(scope, open_, found))

    return rule


def _xor(compiler: Compiler, call: Call) -> Term:
    scope = compiler.scope
    a, b = (logical(scope, numeric(compiler.compile(value))) for _, value in call.arguments)
    return Vector("logical", scope.builder.op("Abs", scope.builder.op("Sub", a, b)))


def _is_na(compiler: Compiler, call: Call) -> Term:
    return Vector("logical", to_number(compiler.scope, is_missing(compiler, compiler.compile(single(call)))))


def _is_finite(compiler: Compiler, call: Call) -> Term:
    scope = compiler.scope
    value = numeric(compiler.compile(single(call)))
    number = number_value(scope, value)
    bad = either(scope, is_nan(scope, number), scope.builder.op("IsInf", number, dtype=_BOOL))
    return Vector("logical", to_number(scope, negated(scope, bad)))


def _if_else(compiler: Compiler, call: Call) -> Term:
    """ifelse(test, yes, no): NA where the test is NA."""
    scope = compiler.scope
    arguments = call.matched(("test", "yes", "no"))
    test = logical(scope, numeric(compiler.compile(arguments["test"])))
    yes, no = compiler.compile(arguments["yes"]), compiler.compile(arguments["no"])
    if _textual(yes) or _textual(no):
        for value in (yes, no):
            if isinstance(value, Vector) and value.kind == "factor":
                raise ValueError("ifelse() of a factor gives its codes; use as.character() or as.integer()")
        first, second = text_value(scope, yes), text_value(scope, no)
        chosen = where(scope, to_bool(scope, test), first, second)
        missing = scope.builder.constant([[MISSING_STRING]])
        return Vector("text", where(scope, is_nan(scope, test), missing, chosen))
    first_number, second_number = numeric(yes), numeric(no)
    chosen = where(scope, to_bool(scope, test), number_value(scope, first_number), number_value(scope, second_number))
    kinds = {value.kind for value in (first_number, second_number)}
    return Vector("logical" if kinds == {"logical"} else "number", missing_where(scope, is_nan(scope, test), chosen))


def _in(compiler: Compiler, call: Call) -> Term:
    """x %in% c(…): never NA."""
    scope = compiler.scope
    b = scope.builder
    value, table = (compiler.compile(node) for _, node in call.arguments)
    if not isinstance(value, Vector) or not isinstance(table, Constant):
        raise ValueError("%in% is compiled of a column and constants")
    if value.kind in ("number", "logical") and table.kind != "text" and not value.as_factor:
        met = (
            to_number(scope, is_nan(scope, value.value))
            if any(item is None or item != item for item in table.values)
            else None
        )
        if value.feature is not None:
            scope.mark(value.feature, [number for number in table.numbers if number == number])
        for number in table.numbers:
            hit = to_number(scope, b.op("Equal", value.value, constant(scope, number), dtype=_BOOL))
            met = hit if met is None else b.op("Max", met, hit)
        if met is None:
            met = b.op("Mul", to_number(scope, is_nan(scope, value.value)), constant(scope, 0.0))
        return Vector("logical", met)
    texts = [text for text in level_texts(table) if text is not None]
    code = code_among(scope, value, texts)
    hits = b.op("Less", code, b.constant(np.array([len(texts)], dtype=np.int64)), dtype=_BOOL)
    found = b.op("Reshape", hits, b.constant(np.array([-1, 1], dtype=np.int64)))
    if None in table.values:
        found = either(scope, found, is_missing(compiler, value))
    return Vector("logical", to_number(scope, found))


CONDITIONS: dict[str, Rule] = {
    "<": _comparison("Less", operator.lt),
    "<=": _comparison("LessOrEqual", operator.le),
    ">": _comparison("Greater", operator.gt),
    ">=": _comparison("GreaterOrEqual", operator.ge),
    "==": _comparison("Equal", operator.eq),
    "!=": _comparison("Equal", operator.ne, negate=True),
    "!": _not,
    "&": _connected(everything=True),
    "|": _connected(everything=False),
    "xor": _xor,
    "is.na": _is_na,
    "is.finite": _is_finite,
    "ifelse": _if_else,
    "%in%": _in,
}
