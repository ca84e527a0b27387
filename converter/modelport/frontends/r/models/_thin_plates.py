"""Thin plate regression splines of mgcv: radial functions of the distances to the fitted points, and polynomials."""

from math import pi, sqrt

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, ones, where
from modelport.frontends.r._scope import Scope

__all__ = ["eta_constant", "polynomial_powers", "thin_plate"]

Array = npt.NDArray[np.float64]
_BOOL = ir.DataType.BOOL


def eta_constant(m: int, d: int) -> float:
    """The constant before the radial function, in the order in which mgcv's eta_const computes it."""
    half = d // 2
    if d % 2 == 0:
        f = -1.0 if (m + 1 + half) % 2 else 1.0
        for _ in range(2 * m - 1):
            f /= 2
        for _ in range(half):
            f /= pi
        for i in range(2, m):
            f /= i
        for i in range(2, m - half + 1):
            f /= i
        return f
    f = sqrt(pi)
    for i in range(m - (d - 1) // 2):
        f /= -0.5 - i
    for _ in range(m):
        f /= 4
    for _ in range(half):
        f /= pi
    f /= sqrt(pi)
    for i in range(2, m):
        f /= i
    return f


def polynomial_powers(m: int, d: int) -> list[list[int]]:
    """The exponents of the polynomials of a degree below m in d variables, in mgcv's order."""
    found: list[list[int]] = []
    index = [0] * d
    while True:
        found.append(list(index))
        if sum(index) < m - 1:
            index[0] += 1
            continue
        index[0] = 0
        for i in range(1, d):
            index[i] += 1
            if sum(index) == m:
                index[i] = 0
            else:
                break
        if not any(index):
            return found


def thin_plate(scope: Scope, columns: list[ir.Value], points: Array, m: int, turn: Array) -> ir.Value:
    """Shapes: d columns [N, 1], points [M, d], turn [M + P, K] (UZ) -> [N, K].

    Numerics: squared distances term by term, the radial function by products, sums as a product of matrices.
    """
    b = scope.builder
    d = points.shape[1]
    squared: ir.Value | None = None
    for place, x in enumerate(columns):
        difference = b.op("Sub", constant(scope, points[:, place][None, :]), x)
        square = b.op("Mul", difference, difference)
        squared = square if squared is None else b.op("Add", squared, square)
    assert squared is not None
    parts = [_radial(scope, squared, m, d)]
    for powers in polynomial_powers(m, d):
        term: ir.Value | None = None
        for x, power in zip(columns, powers, strict=True):
            for _ in range(power):
                term = x if term is None else b.op("Mul", term, x)
        parts.append(ones(scope) if term is None else term)
    return b.op("MatMul", concat(scope, parts), b.constant(np.ascontiguousarray(turn)))


def _radial(scope: Scope, squared: ir.Value, m: int, d: int) -> ir.Value:
    """0 at the point itself."""
    b = scope.builder
    f = constant(scope, eta_constant(m, d))
    half = d // 2
    none = b.op("LessOrEqual", squared, constant(scope, 0.0), dtype=_BOOL)
    if d % 2 == 0:
        value = b.op("Mul", b.op("Mul", b.op("Log", squared), constant(scope, 0.5)), f)
        for _ in range(m - half):
            value = b.op("Mul", value, squared)
    else:
        value = f
        for _ in range(m - half - 1):
            value = b.op("Mul", value, squared)
        value = b.op("Mul", value, b.op("Sqrt", squared))
    return where(scope, none, constant(scope, 0.0), value)
