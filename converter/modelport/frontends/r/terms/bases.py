"""Matrices of basis functions with the constants of the fit: poly(), scale(); splines have a file of their own."""

import itertools

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, is_nan, missing_where, ones
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
    """poly(x, degree): the recursion of R's predict, in its order; raw = TRUE gives x, x^2 …, which are products and pow.

    Of several columns their products, as polym() has it.
    """
    positional = call.positional()
    named = {name: value for name, value in call.arguments if name}
    if "x" in named:
        positional.insert(0, named["x"])
    given = [compiler.compile(node) for node in positional]
    degree_node = named.get("degree")
    if degree_node is None and len(given) == 2 and isinstance(given[1], Constant):
        degree_node = positional[1]
        del given[1]
    degree = int(constants(compiler, degree_node)[0]) if degree_node is not None else 1
    raw = bool(constants(compiler, named["raw"])[0]) if "raw" in named else False
    columns = [part for value in given for part in _split(compiler, value)]
    coefs = None if raw else _coefficients(compiler, named.get("coefs"), len(columns))
    bases = [
        _raw(compiler, x, degree) if coefs is None else _orthogonal(compiler, x, degree, coefs[k])
        for k, x in enumerate(columns)
    ]
    if len(bases) == 1:
        return Grid(concat(compiler.scope, bases[0]), tuple(str(k + 1) for k in range(degree)))
    return _products(compiler, bases, degree)


def _split(compiler: Compiler, value: Term) -> list[ir.Value]:
    """The columns of a matrix, or the one column that it is. Raises: ValueError."""
    if isinstance(value, Grid):
        b = compiler.scope.builder
        places = [b.constant(np.array([k], dtype=np.int64)) for k in range(len(value.names))]
        return [b.op("Gather", value.value, place, axis=1) for place in places]
    number = numeric(value)
    if isinstance(number, Constant):
        raise ValueError("a column is wanted, not a constant")
    return [number.value]


def _products(compiler: Compiler, bases: list[list[ir.Value]], degree: int) -> Grid:
    """polym(): products of one column of each, of all powers that together are no greater than the degree."""
    g = compiler.scope.builder
    parts: list[ir.Value] = []
    names: list[str] = []
    for backwards in itertools.product(range(degree + 1), repeat=len(bases)):
        powers = backwards[::-1]  # those of the first column run fastest, as in expand.grid()
        if not 0 < sum(powers) <= degree:
            continue
        found: ir.Value | None = None
        for basis, power in zip(bases, powers, strict=True):
            if power:
                found = basis[power - 1] if found is None else g.op("Mul", found, basis[power - 1])
        assert found is not None
        # What R multiplies by 1 is NaN where the other column is.
        for basis, power in zip(bases, powers, strict=True):
            found = found if power else missing_where(compiler.scope, is_nan(compiler.scope, basis[0]), found)
        parts.append(found)
        names.append(".".join(map(str, powers)))
    return Grid(concat(compiler.scope, parts), tuple(names))


def _coefficients(compiler: Compiler, coefs: RObject | None, count: int) -> list[dict[str, list[float]]]:
    """What poly() stores of each column. Raises: ValueError."""
    if coefs is None:
        raise ValueError("poly() has no stored coefficients here: R would take them from the rows")
    if count == 1:
        return [_parts(compiler, coefs)]
    if not isinstance(coefs, RList) or len(coefs) != count:
        raise ValueError(f"the coefficients of poly() are not those of {count} columns")
    return [_parts(compiler, one) for one in coefs.values]


def _orthogonal(compiler: Compiler, x: ir.Value, degree: int, parts: dict[str, list[float]]) -> list[ir.Value]:
    scope = compiler.scope
    alpha, norm2 = parts["alpha"], parts["norm2"]
    g = scope.builder
    z: list[ir.Value] = [ones(scope), g.op("Sub", x, constant(scope, alpha[0]))]
    for i in range(2, degree + 1):
        left = g.op("Mul", g.op("Sub", x, constant(scope, alpha[i - 1])), z[i - 1])
        right = g.op("Mul", constant(scope, norm2[i] / norm2[i - 1]), z[i - 2])
        z.append(g.op("Sub", left, right))
    # Division by the root, as in R: a product with its inverse differs in the last bit.
    return [g.op("Div", z[i], constant(scope, np.sqrt(norm2[i + 1]))) for i in range(1, degree + 1)]


def _parts(compiler: Compiler, coefs: RObject) -> dict[str, list[float]]:
    if isinstance(coefs, RList):
        return {name: as_array(coefs[name]).tolist() for name in ("alpha", "norm2")}
    from modelport.frontends.r.terms.calls import as_call

    call = as_call(coefs)
    if call is None or call.name != "list":
        raise ValueError("the coefficients of poly() are no list")
    return {name: constants(compiler, value) for name, value in call.arguments}


def _raw(compiler: Compiler, x: ir.Value, degree: int) -> list[ir.Value]:
    """outer(x, 1:degree, `^`): pow of the C library, but x·x for 2."""
    g = compiler.scope.builder
    parts = [x]
    for power in range(2, degree + 1):
        parts.append(g.op("Mul", x, x) if power == 2 else g.op("Pow", x, constant(compiler.scope, float(power))))
    return parts[:degree]


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
