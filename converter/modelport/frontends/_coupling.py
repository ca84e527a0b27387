"""libsvm's pairs of classes, their votes, and its probabilities: the shares that agree best with all pairs."""

from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._emitting import Emitting
from modelport.frontends._scores import column, columns, row_sum

__all__ = ["coupled", "kept_apart", "pairs", "power", "sigmoids", "votes"]

_DOUBLE, _BOOL = ir.DataType.DOUBLE, ir.DataType.BOOL
# libsvm stops after 100 sweeps at the latest. Its tolerance is met after 4 in every case we made; a row that should need
# more than this gets NaN, never another number.
_SWEEPS = 10
_LEAST = 1e-7


def pairs(count: int) -> list[tuple[int, int]]:
    """Classes (i, j), i < j, in libsvm's order."""
    return [(i, j) for i in range(count) for j in range(i + 1, count)]


def votes(scope: Emitting, first: ir.Value, count: int) -> ir.Value:
    """bool [N, P] (the first class of each pair wins) -> float64 [N, C]: counts, which are exact as whole numbers."""
    b = scope.builder
    one, zero = b.constant(np.asarray(1, dtype=np.int64)), b.constant(np.asarray(0, dtype=np.int64))
    won = b.op("Where", first, one, zero, dtype=ir.DataType.INT64)
    both = b.op("Concat", won, b.op("Sub", one, won), axis=1)
    order = pairs(count)
    counted = []
    for own in range(count):
        places = [p for p, (i, _) in enumerate(order) if i == own]
        places += [len(order) + p for p, (_, j) in enumerate(order) if j == own]
        chosen = b.op("Gather", both, b.constant(np.array(places, dtype=np.int64)), axis=1)
        counted.append(row_sum(scope, chosen, keep=True))
    return b.cast(b.op("Concat", *counted, axis=1), ir.DataType.DOUBLE)


def power(scope: Emitting, base: ir.Value, times: int) -> ir.Value:
    """powi of libsvm: squares, multiplied from the lowest bit of the exponent on."""
    b = scope.builder
    result: ir.Value | None = None
    while times > 0:
        if times % 2 == 1:
            result = base if result is None else b.op("Mul", result, base)
        times //= 2
        if times:
            base = b.op("Mul", base, base)
    return b.op("Pow", base, b.constant(np.asarray(0.0))) if result is None else result


class _Sums:
    """Short names for float64 arithmetic."""

    def __init__(self, scope: Emitting) -> None:
        self._b = scope.builder

    def number(self, value: float) -> ir.Value:
        return self._b.constant(np.asarray(value))

    def __call__(self, op: str, *values: ir.Value) -> ir.Value:
        return self._b.op(op, *values, dtype=_DOUBLE)

    def add(self, values: list[ir.Value]) -> ir.Value:
        return reduce(lambda total, value: self("Add", total, value), values)

    def test(self, op: str, *values: ir.Value) -> ir.Value:
        return self._b.op(op, *values, dtype=_BOOL)


def coupled(
    scope: Emitting, values: ir.Value, slopes: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64], count: int
) -> ir.Value:
    """Decision values [N, P] -> probabilities [N, C], by the iteration of multiclass_probability in its own order."""
    f = _Sums(scope)
    first = kept_apart(scope, sigmoids(scope, values, slopes, offsets))
    one = f.number(1.0)
    share: dict[tuple[int, int], ir.Value] = {}
    for (i, j), value in zip(pairs(count), columns(scope, first, len(slopes)), strict=True):
        share[i, j], share[j, i] = value, f("Sub", one, value)
    q = _matrix(f, share, count)
    p = [f("Where", f.test("Equal", share[0, 1], share[0, 1]), f.number(1.0 / count), f.number(1.0 / count))] * count
    done: ir.Value | None = None
    for sweep in range(_SWEEPS + 1):
        products = [f.add([f("Mul", q[t][j], p[j]) for j in range(count)]) for t in range(count)]
        whole = f.add([f("Mul", p[t], products[t]) for t in range(count)])
        errors = [f("Abs", f("Sub", product, whole)) for product in products]
        met = f.test("Less", reduce(lambda a, b: f("Max", a, b), errors), f.number(0.005 / count))
        done = met if done is None else f.test("Or", done, met)
        if sweep < _SWEEPS:
            renewed = _sweep(f, q, p, products, whole)
            p = [f("Where", done, old, new) for old, new in zip(p, renewed, strict=True)]
    assert done is not None
    kept = [f("Where", done, value, f.number(np.nan)) for value in p]
    return f._b.op("Concat", *(column(scope, value) for value in kept), axis=1)


def kept_apart(scope: Emitting, shares: ir.Value) -> ir.Value:
    """Shares kept away from 0 and 1 by 1e-7, which is also what libsvm's comparisons make of NaN."""
    f = _Sums(scope)
    least, most = f.number(_LEAST), f.number(1 - _LEAST)
    low = f("Where", f.test("Greater", shares, least), shares, least)
    return f("Where", f.test("Less", low, most), low, most)


def sigmoids(
    scope: Emitting, values: ir.Value, slopes: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64]
) -> ir.Value:
    """1 / (1 + exp(A·value + B)) of each pair, by the formula of either sign. [N, P] -> [N, P]."""
    f, b = _Sums(scope), scope.builder
    one = f.number(1.0)
    x = f("Add", f("Mul", values, b.constant(slopes)), b.constant(offsets))
    below = f("Exp", f("Neg", x))
    left = f("Div", below, f("Add", one, below))
    right = f("Div", one, f("Add", one, f("Exp", x)))
    return f("Where", f.test("GreaterOrEqual", x, f.number(0.0)), left, right)


def _matrix(f: _Sums, share: dict[tuple[int, int], ir.Value], count: int) -> list[list[ir.Value]]:
    """Q: on the diagonal the sum of squares of what the others say of a class, beside it minus the product of both."""
    q: dict[tuple[int, int], ir.Value] = {}
    for t in range(count):
        others = [j for j in range(count) if j != t]
        q[t, t] = f.add([f("Mul", share[j, t], share[j, t]) for j in others])
        for j in others:
            q[t, j] = q[j, t] if j < t else f("Mul", f("Neg", share[j, t]), share[t, j])
    return [[q[t, j] for j in range(count)] for t in range(count)]


def _sweep(
    f: _Sums, q: list[list[ir.Value]], p: list[ir.Value], products: list[ir.Value], whole: ir.Value
) -> list[ir.Value]:
    """One step for each class, all shares divided by their new sum after each."""
    p, products = list(p), list(products)
    one, two = f.number(1.0), f.number(2.0)
    for t in range(len(p)):
        step = f("Div", f("Add", f("Neg", products[t]), whole), q[t][t])
        total = f("Add", one, step)
        gain = f("Mul", step, f("Add", f("Mul", step, q[t][t]), f("Mul", two, products[t])))
        whole = f("Div", f("Div", f("Add", whole, gain), total), total)
        p[t] = f("Add", p[t], step)
        products = [f("Div", f("Add", product, f("Mul", step, q[t][j])), total) for j, product in enumerate(products)]
        p = [f("Div", value, total) for value in p]
    return p
