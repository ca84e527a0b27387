"""rms's terms in a formula: rcs(), pol(), lsp(), catg(), scored() and %ia%, with the knots and levels of the fit."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, is_nan, missing_where, to_number, where
from modelport.frontends.r.serialize import RObject
from modelport.frontends.r.terms.bases import column, constants
from modelport.frontends.r.terms.calls import Call, as_call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import numeric
from modelport.frontends.r.terms.values import Grid, Term, Vector

__all__ = ["RMS_TERMS"]

_BOOL = ir.DataType.BOOL


def _arguments(compiler: Compiler, call: Call) -> tuple[Vector, list[float]]:
    """The column of a term, and the numbers behind it. Raises: ValueError."""
    if len(call.arguments) != 2 or call.arguments[0][0]:
        raise ValueError(f"{call.name}() has no stored numbers here: R would take them from the rows")
    return column(compiler, call.arguments[0][1]), constants(compiler, call.arguments[1][1])


def _above(compiler: Compiler, x: ir.Value, knot: float) -> ir.Value:
    """x - knot."""
    return compiler.scope.builder.op("Sub", x, constant(compiler.scope, knot))


def _part(compiler: Compiler, x: ir.Value) -> ir.Value:
    """pmax(x, 0)."""
    scope = compiler.scope
    zero = constant(scope, 0.0)
    return where(scope, scope.builder.op("Less", x, zero, dtype=_BOOL), zero, x)


def _grid(compiler: Compiler, parts: Sequence[ir.Value]) -> Grid:
    names = tuple("'" * place for place in range(len(parts)))
    return Grid(concat(compiler.scope, parts), names)


def _rcs(compiler: Compiler, call: Call) -> Term:
    """A restricted cubic spline, operation by operation as Hmisc's rcspline.eval of norm 2 has it."""
    x, knots = _arguments(compiler, call)
    if len(knots) < 3:
        raise ValueError("rcs() has no stored knots here: R would take them from the rows")
    scope, g = compiler.scope, compiler.scope.builder
    knots = sorted(set(knots))
    last, before = knots[-1], knots[-2]
    size = constant(scope, (last - knots[0]) ** (2 / 3))
    if x.feature is not None:
        scope.mark(x.feature, knots)

    def cube(knot: float) -> ir.Value:
        found = _part(compiler, g.op("Div", _above(compiler, x.value, knot), size))
        return missing_where(scope, is_nan(scope, x.value), g.op("Pow", found, constant(scope, 3.0)))

    parts = [x.value]
    for knot in knots[:-2]:
        right = g.op("Mul", constant(scope, before - knot), cube(last))
        right = g.op("Sub", right, g.op("Mul", constant(scope, last - knot), cube(before)))
        parts.append(g.op("Add", cube(knot), g.op("Div", right, constant(scope, last - before))))
    return _grid(compiler, parts)


def _pol(compiler: Compiler, call: Call) -> Term:
    """x, x^2, … by products and pow."""
    x, degree = _arguments(compiler, call)
    scope, g = compiler.scope, compiler.scope.builder
    parts = [x.value]
    for power in range(2, int(degree[0]) + 1):
        whole = g.op("Mul", x.value, x.value) if power == 2 else g.op("Pow", x.value, constant(scope, float(power)))
        parts.append(missing_where(scope, is_nan(scope, x.value), whole))
    return _grid(compiler, parts)


def _lsp(compiler: Compiler, call: Call) -> Term:
    """x, and pmax(x - knot, 0) of each knot."""
    x, knots = _arguments(compiler, call)
    if x.feature is not None:
        compiler.scope.mark(x.feature, knots)
    parts = [x.value, *(_part(compiler, _above(compiler, x.value, knot)) for knot in knots)]
    return _grid(compiler, parts)


def _catg(compiler: Compiler, call: Call) -> Term:
    """The column itself, whose levels the model keeps."""
    if len(call.arguments) != 1 or call.arguments[0][0]:
        raise ValueError("catg() is compiled of one column")
    return compiler.compile(call.arguments[0][1])


def _scored(compiler: Compiler, call: Call) -> Term:
    """The number, and whether it is the third value, the fourth …; NA for none of the values."""
    x, values = _arguments(compiler, call)
    scope, g = compiler.scope, compiler.scope.builder
    values = sorted(values)
    same = [to_number(scope, g.op("Equal", x.value, constant(scope, value), dtype=_BOOL)) for value in values]
    if x.feature is not None:
        scope.mark(x.feature, values)
    known = same[0]
    for part in same[1:]:
        known = g.op("Add", known, part)
    unknown = g.op("Less", known, constant(scope, 0.5), dtype=_BOOL)
    parts = [missing_where(scope, unknown, part) for part in (x.value, *same[2:])]
    return _grid(compiler, parts)


def _columns(compiler: Compiler, node: RObject) -> list[tuple[ir.Value, bool]]:
    """The columns of one side of %ia%, and whether each is nonlinear. Raises: ValueError."""
    scope, g = compiler.scope, compiler.scope.builder
    value = compiler.compile(node)
    call = as_call(node)
    if isinstance(value, Grid):
        if call is None or call.name not in ("rcs", "pol", "lsp", "scored"):
            raise ValueError("a side of %ia% is a matrix")
        return [
            (g.op("Gather", value.value, g.constant(np.array([place], dtype=np.int64)), axis=1), place > 0)
            for place in range(len(value.names))
        ]
    if isinstance(value, Vector) and value.kind == "factor":
        table = np.eye(len(value.levels))
        return [(scope.looked_up(value.value, table[:, [place]]), False) for place in range(1, len(value.levels))]
    found = numeric(value)
    if not isinstance(found, Vector) or (call is not None and call.name == "catg"):
        raise ValueError("a side of %ia% is no column of numbers, and no factor")
    return [(found.value, False)]


def _restricted(compiler: Compiler, call: Call) -> Term:
    """Products of the columns of two terms, but not of two that are nonlinear."""
    left, right = (_columns(compiler, node) for _, node in call.arguments)
    parts: list[ir.Value] = []
    for a, bent in left:
        for b, curved in right:
            if bent and curved:
                break
            parts.append(compiler.scope.builder.op("Mul", a, b))
    return Grid(concat(compiler.scope, parts), tuple(str(place + 1) for place in range(len(parts))))


RMS_TERMS: dict[str, Rule] = {
    "rcs": _rcs,
    "pol": _pol,
    "lsp": _lsp,
    "catg": _catg,
    "scored": _scored,
    "%ia%": _restricted,
}
