"""The hidden units of extreme learning machines: their functions by the name that the packages give them."""

from collections.abc import Callable

import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, negated, where
from modelport.frontends.r._scope import Scope

__all__ = ["ACTIVATIONS", "Activation", "triangle_inside"]

Activation = Callable[[Scope, ir.Value], ir.Value]
_BOOL = ir.DataType.BOOL


def _test(scope: Scope, op: str, x: ir.Value, border: float) -> ir.Value:
    return scope.builder.op(op, x, constant(scope, border), dtype=_BOOL)


def _sigmoid(scope: Scope, x: ir.Value) -> ir.Value:
    b = scope.builder
    one = constant(scope, 1.0)
    return b.op("Div", one, b.op("Add", one, b.op("Exp", b.op("Neg", x))))


def _radial(scope: Scope, x: ir.Value) -> ir.Value:
    b = scope.builder
    return b.op("Exp", b.op("Neg", b.op("Mul", x, x)))


def _tansig(scope: Scope, x: ir.Value) -> ir.Value:
    b = scope.builder
    one, two = constant(scope, 1.0), constant(scope, 2.0)
    power = b.op("Exp", b.op("Mul", constant(scope, -2.0), x))
    return b.op("Sub", b.op("Div", two, b.op("Add", one, power)), one)


def _step(low: float) -> Activation:
    def function(scope: Scope, x: ir.Value) -> ir.Value:
        return where(scope, _test(scope, "GreaterOrEqual", x, 0.0), constant(scope, 1.0), constant(scope, low))

    return function


def triangle_inside(scope: Scope, x: ir.Value, outside: ir.Value) -> ir.Value:
    """1 - |x| from -1 to 1."""
    b = scope.builder
    size = b.op("Abs", x)
    inside = _test(scope, "LessOrEqual", size, 1.0)
    return where(scope, inside, b.op("Sub", constant(scope, 1.0), size), outside)


def _positive(scope: Scope, x: ir.Value) -> ir.Value:
    return where(scope, negated(scope, _test(scope, "Less", x, 0.0)), x, constant(scope, 0.0))


ACTIVATIONS: dict[str, Activation] = {
    "sig": _sigmoid,
    "sin": lambda scope, x: scope.builder.op("Sin", x),
    "radbas": _radial,
    "hardlim": _step(0.0),
    "hardlims": _step(-1.0),
    "tansig": _tansig,
    "poslin": _positive,
    "purelin": lambda _, x: x,
}
