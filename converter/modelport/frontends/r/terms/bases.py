"""Matrices of basis functions with the constants of the fit: poly(), scale(); splines have a file of their own."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, ones
from modelport.frontends.r.serialize import RList, RObject, as_array
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule, constant_of
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.values import Constant, Grid, Term, Vector

__all__ = ["BASES", "column", "constants"]


def column(compiler: Compiler, node: RObject) -> Vector:
    """A column of numbers. Raises: ValueError."""
    value = numeric(compiler.compile(node))
    if isinstance(value, Constant):
        raise ValueError("a column is wanted, not a constant")
    return value


def constants(compiler: Compiler, node: RObject) -> list[float]:
    """Numbers that are the same for every row. Raises: ValueError."""
    value = compiler.compile(node)
    if not isinstance(value, Constant) or value.kind == "text":
        raise ValueError("numbers are wanted that the model holds")
    return list(value.numbers)


def _poly(compiler: Compiler, call: Call) -> Term:
    """poly(x, degree): the recursion of R's predict, in its order; raw = TRUE gives x, x^2 …, which are products and pow."""
    scope = compiler.scope
    positional = call.positional()
    named = {name: value for name, value in call.arguments if name}
    if len(positional) > 2 or "x" in named or (len(positional) == 2 and "degree" in named):
        raise ValueError("poly() is compiled of one column")
    x = column(compiler, positional[0])
    degree_node = positional[1] if len(positional) == 2 else named.get("degree")
    degree = int(constants(compiler, degree_node)[0]) if degree_node is not None else 1
    raw = bool(constants(compiler, named["raw"])[0]) if "raw" in named else False
    if raw:
        return Grid(_powers(compiler, x.value, degree), tuple(str(k + 1) for k in range(degree)))
    coefs = named.get("coefs")
    if coefs is None:
        raise ValueError("poly() has no stored coefficients here: R would take them from the rows")
    parts = _parts(compiler, coefs)
    alpha, norm2 = parts["alpha"], parts["norm2"]
    g = scope.builder
    z: list[ir.Value] = [ones(scope), g.op("Sub", x.value, constant(scope, alpha[0]))]
    for i in range(2, degree + 1):
        left = g.op("Mul", g.op("Sub", x.value, constant(scope, alpha[i - 1])), z[i - 1])
        right = g.op("Mul", constant(scope, norm2[i] / norm2[i - 1]), z[i - 2])
        z.append(g.op("Sub", left, right))
    # Division by the root, as in R: a product with its inverse differs in the last bit.
    divided = [g.op("Div", z[i], constant(scope, np.sqrt(norm2[i + 1]))) for i in range(1, degree + 1)]
    return Grid(concat(scope, divided), tuple(str(k + 1) for k in range(degree)))


def _parts(compiler: Compiler, coefs: RObject) -> dict[str, list[float]]:
    if isinstance(coefs, RList):
        return {name: as_array(coefs[name]).tolist() for name in ("alpha", "norm2")}
    from modelport.frontends.r.terms.calls import as_call

    call = as_call(coefs)
    if call is None or call.name != "list":
        raise ValueError("the coefficients of poly() are no list")
    return {name: constants(compiler, value) for name, value in call.arguments}


def _powers(compiler: Compiler, x: ir.Value, degree: int) -> ir.Value:
    """outer(x, 1:degree, `^`): pow of the C library, but x·x for 2."""
    g = compiler.scope.builder
    parts = [x]
    for power in range(2, degree + 1):
        parts.append(g.op("Mul", x, x) if power == 2 else g.op("Pow", x, constant(compiler.scope, float(power))))
    return concat(compiler.scope, parts[:degree])


def _scale(compiler: Compiler, call: Call) -> Term:
    """scale(x, center, scale): (x - center) / scale, with the numbers of the fit."""
    scope = compiler.scope
    arguments = call.matched(("x", "center", "scale"))
    value = compiler.compile(arguments["x"])
    names: tuple[str, ...] = ("",)
    if isinstance(value, Grid):
        found, names = value.value, value.names
    else:
        found = number_value(scope, numeric(value))
    for name, op in (("center", "Sub"), ("scale", "Div")):
        node = arguments.get(name)
        given = constant_of(node) if node is not None else None
        if given is None or (given.kind == "logical" and given.numbers[0] != 0):
            raise ValueError(f"scale() has no stored {name} here: R would take it from the rows")
        if given.kind == "number":
            found = scope.builder.op(op, found, constant(scope, np.array([given.numbers])))
    return Grid(found, names)


BASES: dict[str, Rule] = {"poly": _poly, "scale": _scale}
