"""kernlab's coupling 'minpair': shares of classes from the shares of pairs, by one linear system a row."""

from collections.abc import Callable
from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import column, columns
from modelport.frontends.r._arithmetic import concat, constant
from modelport.frontends.r._scope import Scope
from modelport.ir.claims import Local

__all__ = ["minpair"]

Array = npt.NDArray[np.float64]


def _places(count: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where the pairs go above and below the diagonal: column by column, which of four classes on are different pairs."""
    upper = [(i, j) for j in range(count) for i in range(j)]
    lower = [(i, j) for j in range(count) for i in range(j + 1, count)]
    return upper, lower


def minpair(scope: Scope, pairs: ir.Value, count: int) -> ir.Value:
    """[N, P] -> [N, C].

    Numerics: R solves a system of C + 1 unknowns, here the last share and the multiplier are put in first, which leaves
    C - 1; both are as exact as the condition of the system lets them be.
    """
    b = scope.builder
    upper, lower = _places(count)
    one = constant(scope, 1.0)
    shares = columns(scope, pairs, len(upper))
    share: dict[tuple[int, int], ir.Value] = {}
    q: dict[tuple[int, int], ir.Value] = {}
    for place, value in zip(upper, shares, strict=True):
        share[place] = value
    for place, value in zip(lower, shares, strict=True):
        share[place] = b.op("Sub", one, value)
    for places in (upper, lower):
        for place, value in zip(places, shares, strict=True):
            q[place] = b.op("Mul", b.op("Neg", value), b.op("Sub", one, value))
    for k in range(count):
        squares = [b.op("Mul", share[i, k], share[i, k]) for i in range(count) if i != k]
        q[k, k] = reduce(lambda so_far, term: b.op("Add", so_far, term), squares)
    found = _solved(scope, q, count)
    total = reduce(lambda so_far, term: b.op("Add", so_far, term), found)
    value = concat(scope, [column(scope, b.op("Div", part, total)) for part in found])
    value = b.op("Identity", value)
    return scope.claim(
        value, [pairs], _deviation(count), f"{_roundings(count)} eps |A⁻¹||A||p| of a system of {count + 1} unknowns"
    )


def _solved(scope: Scope, q: dict[tuple[int, int], ir.Value], count: int) -> list[ir.Value]:
    b = scope.builder
    last = count - 1
    size = last
    right = [b.op("Sub", q[last, last], q[i, last]) for i in range(size)]
    table = [
        [b.op("Add", b.op("Sub", b.op("Sub", q[i, j], q[last, j]), q[i, last]), q[last, last]) for j in range(size)]
        for i in range(size)
    ]
    for k in range(size):
        for i in range(k + 1, size):
            factor = b.op("Div", table[i][k], table[k][k])
            for j in range(k + 1, size):
                table[i][j] = b.op("Sub", table[i][j], b.op("Mul", factor, table[k][j]))
            right[i] = b.op("Sub", right[i], b.op("Mul", factor, right[k]))
    found: list[ir.Value] = [right[0]] * size
    for k in reversed(range(size)):
        value = right[k]
        for j in range(k + 1, size):
            value = b.op("Sub", value, b.op("Mul", table[k][j], found[j]))
        found[k] = b.op("Div", value, table[k][k])
    whole = reduce(lambda so_far, term: b.op("Add", so_far, term), found)
    return [*found, b.op("Sub", constant(scope, 1.0), whole)]


def _roundings(count: int) -> int:
    """Elimination: 3 n u |L||U| a side (Higham, theorem 9.4), with |L||U| at most n |A| where pivots stay of one size; and
    the few roundings of each entry."""
    return 6 * (count + 1) ** 2 + 8 * count


def _deviation(count: int) -> Callable[[Local], Array]:
    upper, lower = _places(count)

    def rule(n: Local) -> Array:
        pairs, reach = n.x(), n.d()
        rows = len(pairs)
        matrix = np.zeros((rows, count + 1, count + 1))
        moved = np.zeros_like(matrix)
        share, off = np.zeros((rows, count, count)), np.zeros((rows, count, count))
        for p, ((a, c), (d, e)) in enumerate(zip(upper, lower, strict=True)):
            share[:, a, c], share[:, d, e] = pairs[:, p], 1 - pairs[:, p]
            off[:, a, c] = off[:, d, e] = reach[:, p]
            for i, j in ((a, c), (d, e)):
                matrix[:, i, j], moved[:, i, j] = -pairs[:, p] * (1 - pairs[:, p]), reach[:, p]
        for k in range(count):
            matrix[:, k, k] = (share[:, :, k] ** 2).sum(axis=1)
            moved[:, k, k] = (2 * np.abs(share[:, :, k]) * off[:, :, k] + off[:, :, k] ** 2).sum(axis=1)
        matrix[:, count, :count] = matrix[:, :count, count] = 1.0
        bound = np.full((rows, count), np.inf)
        good = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(moved).all(axis=(1, 2))
        for row in np.flatnonzero(good).tolist():
            try:
                inverse = np.abs(np.linalg.inv(matrix[row]))
            except np.linalg.LinAlgError:
                continue
            # The multiplier is found with the shares; here it is at most the greatest row of Q p.
            share_row = np.append(np.abs(n.result[row]), np.abs(matrix[row, :count, :count]).sum())
            backward = (_roundings(count) * n.eps * np.abs(matrix[row]) + moved[row]) @ share_row
            bound[row] = (inverse @ backward)[:count] + 4 * count * n.eps * np.abs(n.result[row])
        return np.where(np.isnan(n.result), 0.0, np.where(np.isnan(bound), np.inf, bound))

    return rule
