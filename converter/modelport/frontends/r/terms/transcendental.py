"""Logarithms, exponentials, roots and circular functions of R, within the ULP that each states."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._functions import expm1, log1p, log_to_base, tangent
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.arithmetic import single
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import numeric
from modelport.frontends.r.terms.values import Constant, Term, Vector

__all__ = ["MATHEMATICS"]

Emit = Callable[[Scope, ir.Value], ir.Value]
Fold = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def _applied(emit: Emit, fold: Fold) -> Rule:
    def rule(compiler: Compiler, call: Call) -> Term:
        return _of(compiler, numeric(compiler.compile(single(call))), emit, fold)

    return rule


def _of(compiler: Compiler, value: Vector | Constant, emit: Emit, fold: Fold) -> Term:
    if isinstance(value, Constant):
        with np.errstate(all="ignore"):
            return Constant("number", tuple(fold(np.array(value.numbers)).tolist()))
    return Vector("number", emit(compiler.scope, value.value))


def _operator(name: str) -> Emit:
    return lambda scope, x: scope.builder.op(name, x)


def _log(compiler: Compiler, call: Call) -> Term:
    """log(x, base): of base 2 and 10 R's own functions, of others one division."""
    arguments = call.matched(("x", "base"))
    value = numeric(compiler.compile(arguments["x"]))
    if "base" not in arguments:
        return _of(compiler, value, _operator("Log"), np.log)
    base = numeric(compiler.compile(arguments["base"]))
    if not isinstance(base, Constant):
        raise ValueError("log() is compiled with a constant base")
    number = base.numbers[0]
    if number in (2.0, 10.0):
        function = np.log2 if number == 2 else np.log10
        return _of(compiler, value, lambda s, x: log_to_base(s, x, number, function), function)
    divisor = math.log(number)
    return _of(
        compiler,
        value,
        lambda s, x: s.builder.op("Div", s.builder.op("Log", x), s.builder.constant(np.asarray(divisor))),
        lambda x: np.asarray(np.log(x) / divisor),
    )


MATHEMATICS: dict[str, Rule] = {
    "log": _log,
    "log2": _applied(lambda s, x: log_to_base(s, x, 2.0, np.log2), np.log2),
    "log10": _applied(lambda s, x: log_to_base(s, x, 10.0, np.log10), np.log10),
    "log1p": _applied(log1p, np.log1p),
    "exp": _applied(_operator("Exp"), np.exp),
    "expm1": _applied(expm1, np.expm1),
    "sqrt": _applied(_operator("Sqrt"), np.sqrt),
    "sin": _applied(_operator("Sin"), np.sin),
    "cos": _applied(_operator("Cos"), np.cos),
    "tan": _applied(tangent, np.tan),
    "tanh": _applied(_operator("Tanh"), np.tanh),
}
