"""ns() and bs(): B-splines by de Boor's recursion over the interval of each row, in R's order, and beyond the boundary its
polynomials.

    inside [B0, B1]   basis functions as in splines.c, exact to the last bit
    outside           bs: Taylor's polynomial at a pivot near the boundary; ns: the tangent at the boundary
    ns                times the Q of a Householder decomposition that takes the second derivatives at the ends away
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, either, is_nan, missing_where, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, RObject
from modelport.frontends.r.terms.bases import column, constants
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.values import Grid, Term
from modelport.ir.claims import Local

__all__ = ["SPLINES", "b_splines"]

Array = npt.NDArray[np.float64]
_BOOL, _INT64, _DOUBLE = ir.DataType.BOOL, ir.DataType.INT64, ir.DataType.DOUBLE
# R's derivatives at the boundary and its Householder rotations err by a few roundings of each term.
_ULP = 32.0


@dataclass(frozen=True)
class _Knots:
    """All knots, each end of the boundary ``order`` times, and those inside."""

    inner: tuple[float, ...]
    ends: tuple[float, float]
    order: int

    @property
    def every(self) -> list[float]:
        return [self.ends[0]] * self.order + list(self.inner) + [self.ends[1]] * self.order

    @property
    def width(self) -> int:
        return len(self.inner) + self.order


def _spline(compiler: Compiler, call: Call) -> Term:
    natural = call.name == "ns"
    formals = ("x", "df", "knots", "intercept", "Boundary.knots")
    arguments = call.matched(formals if natural else ("x", "df", "knots", "degree", "intercept", "Boundary.knots"))
    if "Boundary.knots" not in arguments:
        raise ValueError(f"{call.name}() has no stored boundary here: R would take it from the rows")
    if "df" in arguments and "knots" not in arguments:
        raise ValueError(f"{call.name}() has no stored knots here: R would take them from the rows")
    x = column(compiler, arguments["x"])
    degree = int(_numbers(compiler, arguments, "degree", [3.0])[0])
    low, high = sorted(_numbers(compiler, arguments, "Boundary.knots", []))
    inner = tuple(sorted(_numbers(compiler, arguments, "knots", [])))
    if len(set(inner)) != len(inner) or any(not low < knot < high for knot in inner):
        raise ValueError(f"{call.name}() has knots that coincide, or lie on the boundary or beyond")
    knots = _Knots(inner, (low, high), degree + 1)
    intercept = bool(_numbers(compiler, arguments, "intercept", [0.0])[0])
    scope = compiler.scope
    if x.feature is not None:
        scope.mark(x.feature, [low, *inner, high])
    value = _blended(scope, x.value, knots, natural=natural)
    if natural:
        value = _rotated(scope, value, knots, intercept=intercept)
        width = knots.width - 2 - (not intercept)
    else:
        width = knots.width - (not intercept)
        if not intercept:
            kept = np.arange(1, knots.width, dtype=np.int64)
            value = scope.builder.op("Gather", value, scope.builder.constant(kept), axis=1)
    missing = is_nan(scope, x.value)
    if natural:
        # R's rotation is an error for infinite numbers, and overflows before the tangent does.
        huge = scope.builder.op("Greater", scope.builder.op("Abs", x.value), constant(scope, 1e300), dtype=_BOOL)
        missing = either(scope, missing, huge)
    value = missing_where(scope, missing, value)
    return Grid(value, tuple(str(k + 1) for k in range(width)))


def _numbers(compiler: Compiler, arguments: Mapping[str, RObject], name: str, default: list[float]) -> list[float]:
    node = arguments.get(name)
    return default if node is None or node is NULL else constants(compiler, node)


def _blended(scope: Scope, x: ir.Value, knots: _Knots, *, natural: bool) -> ir.Value:
    """The basis [N, W] inside the boundary, its continuation outside."""
    b = scope.builder
    low, high = (constant(scope, end) for end in knots.ends)
    below = b.op("Less", x, low, dtype=_BOOL)
    above = b.op("Greater", x, high, dtype=_BOOL)
    middle = constant(scope, (knots.ends[0] + knots.ends[1]) / 2)
    outside = b.op("Or", b.op("Or", below, above), is_nan(scope, x))
    value = _inside(scope, where(scope, outside, middle, x), knots)
    for place, beyond in ((0, below), (1, above)):
        value = where(scope, beyond, _outside(scope, x, knots, place, natural=natural), value)
    return value


def _inside(scope: Scope, x: ir.Value, knots: _Knots) -> ir.Value:
    b = scope.builder
    order, every = knots.order, knots.every
    count = len(knots.inner)
    if count:
        passed = b.op("GreaterOrEqual", x, constant(scope, np.array([knots.inner])), dtype=_BOOL)
        interval = b.op("ReduceSum", b.cast(passed, _INT64), b.constant(np.array([1], dtype=np.int64)), keepdims=0)
    else:
        flat = b.op("Reshape", x, b.constant(np.array([-1], dtype=np.int64)))
        interval = b.cast(b.op("Mul", flat, constant(scope, 0.0)), _INT64)
    cursors = [order + m for m in range(count + 1)]
    right = np.array([[every[c + i] for i in range(order - 1)] for c in cursors])
    left = np.array([[every[c - 1 - i] for i in range(order - 1)] for c in cursors])
    rights = _split(scope, b.op("Sub", b.op("Gather", b.constant(right), interval, axis=0), x), order - 1)
    lefts = _split(scope, b.op("Sub", x, b.op("Gather", b.constant(left), interval, axis=0)), order - 1)
    return b_splines(scope, x, rights, lefts, interval, knots.width)


def b_splines(
    scope: Scope, x: ir.Value, rights: list[ir.Value], lefts: list[ir.Value], interval: ir.Value, width: int
) -> ir.Value:
    """[N, width]: the B-splines at x, as many as their order from the place of the interval on, 0 elsewhere.

    ``rights`` and ``lefts``, one fewer than the order, are the distances to the knots on either side of the ``interval``
    int64 [N]. Source: basis_funcs of R's splines/src/splines.c, in its order of operations.
    """
    b = scope.builder
    order = len(rights) + 1
    basis: list[ir.Value] = [b.op("Add", b.op("Mul", x, constant(scope, 0.0)), constant(scope, 1.0))]
    for j in range(1, order):
        saved: ir.Value | None = None
        for r in range(j):
            term = b.op("Div", basis[r], b.op("Add", rights[r], lefts[j - 1 - r]))
            gained = b.op("Mul", rights[r], term)
            basis[r] = gained if saved is None else b.op("Add", saved, gained)
            saved = b.op("Mul", lefts[j - 1 - r], term)
        assert saved is not None
        basis.append(saved)
    total: ir.Value | None = None
    intervals = np.arange(width - order + 1)
    for j, part in enumerate(basis):
        places = np.zeros((len(intervals), width))
        places[intervals, intervals + j] = 1.0
        # One term of each column is other than 0: the sum is exact.
        spread = b.op("Mul", part, b.op("Gather", b.constant(places), interval, axis=0))
        total = spread if total is None else b.op("Add", total, spread)
    assert total is not None
    return total


def _split(scope: Scope, value: ir.Value, width: int) -> list[ir.Value]:
    """[N, K] -> K values [N, 1]."""
    b = scope.builder
    return [b.op("Gather", value, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in range(width)]


def _outside(scope: Scope, x: ir.Value, knots: _Knots, place: int, *, natural: bool) -> ir.Value:
    """The polynomial through the basis at a pivot: powers of the distance times derivatives over factorials."""
    b = scope.builder
    degree = 1 if natural else knots.order - 1
    edge = knots.ends[place]
    if natural:
        pivot = edge
    else:
        every = knots.every
        near = every[knots.order] if place == 0 else every[len(every) - knots.order - 1]
        pivot = 0.75 * edge + 0.25 * near
    rows_of = [_derivatives(knots, Fraction(pivot), k, last=place == 1) for k in range(degree + 1)]
    table = np.array([[float(value / factorial(k)) for value in row] for k, row in enumerate(rows_of)])
    distance = b.op("Sub", x, constant(scope, pivot))
    powers: list[ir.Value] = [b.op("Add", b.op("Mul", x, constant(scope, 0.0)), constant(scope, 1.0)), distance]
    for power in range(2, degree + 1):
        powers.append(
            b.op("Mul", distance, distance) if power == 2 else b.op("Pow", distance, constant(scope, float(power)))
        )
    rows = concat(scope, powers)
    value = b.op("MatMul", rows, b.constant(table))

    def rule(n: Local) -> Array:
        terms, moved = np.abs(n.x()), n.d()
        return np.asarray((_ULP * n.eps * terms + moved) @ np.abs(table))

    return scope.claim(value, [rows], rule, f"{_ULP:g} eps Σ|terms| of a spline's polynomial beyond its boundary")


def _derivatives(knots: _Knots, x: Fraction, order: int, *, last: bool = False) -> list[Fraction]:
    """The derivative of this order of each basis function at a point of the boundary or inside, exactly."""
    every = [Fraction(knot) for knot in knots.every]
    count = len(every) - 1
    spans = [every[i] <= x < every[i + 1] for i in range(count)]
    if (last and x == every[-1]) or not any(spans):
        spans = [every[i] < x <= every[i + 1] for i in range(count)]

    def level(k: int) -> list[Fraction]:
        """Values of order k."""
        found = [Fraction(int(span)) for span in spans]
        for size in range(2, k + 1):
            found = [
                _over((x - every[i]) * found[i], every[i + size - 1] - every[i])
                + _over((every[i + size] - x) * found[i + 1], every[i + size] - every[i + 1])
                for i in range(len(every) - size)
            ]
        return found

    values = level(knots.order - order)
    for size in range(knots.order - order + 1, knots.order + 1):
        values = [
            (size - 1)
            * (_over(values[i], every[i + size - 1] - every[i]) - _over(values[i + 1], every[i + size] - every[i + 1]))
            for i in range(len(every) - size)
        ]
    return values


def _over(a: Fraction, b: Fraction) -> Fraction:
    return a / b if b else Fraction(0)


def _rotated(scope: Scope, basis: ir.Value, knots: _Knots, *, intercept: bool) -> ir.Value:
    """Takes the two directions away in which the second derivatives at the ends are other than 0."""
    b = scope.builder
    ends = [
        [float(v) for v in _derivatives(knots, Fraction(end), 2, last=place == 1)]
        for place, end in enumerate(knots.ends)
    ]
    bends = np.array(ends).T
    table = _q_transposed(bends if intercept else bends[1:])[2:].T
    if not intercept:
        kept = np.arange(1, knots.width, dtype=np.int64)
        basis = b.op("Gather", basis, b.constant(kept), axis=1)
    value = b.op("MatMul", basis, b.constant(table))

    def rule(n: Local) -> Array:
        size = np.abs(n.x()).sum(axis=1, keepdims=True)
        return np.asarray(_ULP * n.eps * size + n.d() @ np.abs(table))

    return scope.claim(value, [basis], rule, f"{_ULP:g} eps Σ|terms| of the rotation of a natural spline")


def _q_transposed(columns: Array) -> Array:
    """Qᵀ of LINPACK's Householder decomposition, signs as it has them."""
    work = columns.astype(np.longdouble).copy()
    size, count = work.shape
    rotated = np.eye(size, dtype=np.longdouble)
    for j in range(count):
        norm = np.sqrt((work[j:, j] ** 2).sum())
        if norm == 0:
            continue
        norm = np.copysign(norm, work[j, j]) if work[j, j] != 0 else norm
        vector = work[j:, j] / norm
        vector[0] += 1
        for target in (work, rotated):
            target[j:] -= np.outer(vector, (vector @ target[j:]) / vector[0])
    return np.asarray(rotated, dtype=np.float64)


SPLINES: dict[str, Rule] = {"ns": _spline, "bs": _spline}
