"""libsvm's probabilities: a sigmoid for each pair of classes, then the shares that agree best with all pairs."""

from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._libsvm import pairs
from modelport.frontends.sklearn.models._scores import column, columns

__all__ = ["coupled"]

_DOUBLE, _BOOL = ir.DataType.DOUBLE, ir.DataType.BOOL
# libsvm stops after 100 sweeps at the latest. Its tolerance is met after 4 in every case we made; a row that should need
# more than this gets NaN, never another number.
_SWEEPS = 10
_LEAST = 1e-7


class _Sums:
    """Short names for float64 arithmetic."""

    def __init__(self, scope: Scope) -> None:
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
    scope: Scope, values: ir.Value, slopes: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64], count: int
) -> ir.Value:
    """Decision values [N, P] -> probabilities [N, C], by the iteration of multiclass_probability in its own order."""
    f = _Sums(scope)
    first = _sigmoid(f, values, scope, slopes, offsets)
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


def _sigmoid(
    f: _Sums, values: ir.Value, scope: Scope, slopes: npt.NDArray[np.float64], offsets: npt.NDArray[np.float64]
) -> ir.Value:
    """1 / (1 + exp(A·value + B)), by either formula of libsvm, kept away from 0 and 1."""
    b = scope.builder
    one = f.number(1.0)
    x = f("Add", f("Mul", values, b.constant(slopes)), b.constant(offsets))
    below = f("Exp", f("Neg", x))
    left = f("Div", below, f("Add", one, below))
    right = f("Div", one, f("Add", one, f("Exp", x)))
    chosen = f("Where", f.test("GreaterOrEqual", x, f.number(0.0)), left, right)
    return f("Min", f("Max", chosen, f.number(_LEAST)), f.number(1 - _LEAST))


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
