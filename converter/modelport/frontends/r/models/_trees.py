"""The columns that trees of R read: numbers, logicals as 0 and 1, factors as the place of their level from 1."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import both, concat, constant, either, is_nan, missing_where, negated, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.calls import variables_in
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import code_among
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Constant, Grid, Vector
from modelport.ir.contract import MISSING_STRING

__all__ = ["TreeColumns", "any_missing", "matrix_of", "missing_input", "term_columns", "unknown_level", "unless"]

_BOOL = ir.DataType.BOOL


@dataclass(frozen=True)
class TreeColumns:
    """``value`` float64 [N, F]; ``names``: as R names each column; ``origins``: the caller's column behind each, if it is one.

    ``unknown`` bool [N, 1]: some factor of the row has a level that the model does not know; None where there is no factor.
    """

    value: ir.Value
    names: tuple[str, ...]
    origins: tuple[str | None, ...]
    unknown: ir.Value | None = None


def matrix_of(scope: Scope, names: Sequence[str], beyond: Collection[str] = ()) -> TreeColumns:
    """The caller's columns as they are; NaN for NA and for levels that the model does not know.

    ``beyond``: factors whose unknown levels count as one behind the last, as as.numeric() gives them.
    """
    values = [_beyond(scope, name) if name in beyond else scope.number(name) for name in names]
    origins = tuple(None if scope.variables[name].is_text else name for name in names)
    return TreeColumns(concat(scope, values), tuple(names), origins)


def _beyond(scope: Scope, name: str) -> ir.Value:
    value = scope.number(name)
    levels = scope.variables[name].levels
    if not scope.variables[name].is_text or levels is None:
        return value
    return where(scope, unknown_level(scope, name), constant(scope, float(len(levels) + 1)), value)


def unknown_level(scope: Scope, name: str) -> ir.Value:
    """bool [N, 1]: the text is not missing and none of the levels."""
    return both(scope, is_nan(scope, scope.number(name)), negated(scope, missing_input(scope, name)))


def missing_input(scope: Scope, name: str) -> ir.Value:
    """bool [N, 1]: the caller's column is NA."""
    value = scope.inputs[name]
    if value.dtype == ir.DataType.STRING:
        return scope.builder.op("Equal", value, scope.builder.constant([[MISSING_STRING]]), dtype=_BOOL)
    return is_nan(scope, scope.number(name))


def any_missing(scope: Scope, value: ir.Value, *, infinite: bool = False) -> ir.Value:
    """bool [N, 1]: some column [N, F] of the row is NaN, or infinite."""
    b = scope.builder
    odd = is_nan(scope, value)
    if infinite:
        odd = either(scope, odd, b.op("IsInf", value, dtype=_BOOL))
    counted = b.cast(odd, ir.DataType.DOUBLE)
    greatest = b.op("ReduceMax", counted, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.op("Greater", greatest, constant(scope, 0.5), dtype=_BOOL)


def unless(scope: Scope, refusal: ir.Value | None, value: ir.Value) -> ir.Value:
    """The value [N, K], NaN in rows that R refuses."""
    return value if refusal is None else missing_where(scope, refusal, value)


def term_columns(scope: Scope, frame: Frame, labels: Sequence[str], *, computed_missing: bool) -> TreeColumns:
    """The variables of a formula, a matrix as several columns.

    ``computed_missing``: whether a NaN that an expression makes of numbers counts as missing, as is.na() has it; else it
    is neither less than anything, as an infinity is not.
    Raises: UnsupportedModelError for an expression that cannot be compiled.
    """
    compiler = Compiler(scope, frame.constants)
    parts: list[ir.Value] = []
    names: list[str] = []
    origins: list[str | None] = []
    unknown: list[ir.Value] = []
    for label in labels:
        value = compiler.compile(frame.expressions[label])
        if isinstance(value, Grid):
            parts.append(value.value)
            names += [f"{label}{name}" for name in value.names]
            origins += [None] * len(value.names)
            continue
        if isinstance(value, Constant):
            raise compiler.refused(f"the term {label!r}, which is the same in every row", "leave it out")
        assert isinstance(value, Vector)
        parts.append(_coded(scope, frame, label, value, computed_missing))
        if value.kind in ("factor", "text") or value.as_factor:
            unknown.append(both(scope, is_nan(scope, parts[-1]), negated(scope, _missing(scope, value, parts[-1]))))
        names.append(label)
        origins.append(value.feature if value.kind in ("number", "logical") else None)
    beyond = either(scope, *unknown) if unknown else None
    return TreeColumns(concat(scope, parts), tuple(names), tuple(origins), beyond)


def _missing(scope: Scope, value: Vector, code: ir.Value) -> ir.Value:
    """bool [N, 1]: a factor is NA; not where its level is only unknown."""
    absent = scope.builder.constant([[MISSING_STRING]])
    if value.kind == "factor":
        if value.feature is None:
            return is_nan(scope, code)
        return scope.builder.op("Equal", scope.inputs[value.feature], absent, dtype=_BOOL)
    if value.kind == "text":
        return scope.builder.op("Equal", value.value, absent, dtype=_BOOL)
    return is_nan(scope, value.value)


def _coded(scope: Scope, frame: Frame, label: str, value: Vector, computed_missing: bool) -> ir.Value:
    levels = frame.xlevels.get(label, value.levels)
    if value.kind in ("factor", "text") or value.as_factor:
        return scope.looked_up(code_among(scope, value, levels), np.arange(1.0, len(levels) + 1).reshape(-1, 1))
    if computed_missing or value.feature is not None:
        return value.value
    given = [scope.inputs[n] for n in variables_in(frame.expressions[label]) if n in scope.variables]
    numbers = [v for v in given if v.dtype != ir.DataType.STRING]
    made = is_nan(scope, value.value)
    for number in numbers:
        made = both(scope, made, negated(scope, is_nan(scope, number)))
    return where(scope, made, constant(scope, np.inf), value.value)
