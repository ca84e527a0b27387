"""The terms of a spline regression in the way of earth: products of hinges and of columns as they are."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, ones, to_number
from modelport.frontends.r._scope import Scope

__all__ = ["basis"]

Array = npt.NDArray[np.float64]
_BOOL = ir.DataType.BOOL


def basis(scope: Scope, columns: list[ir.Value | None], directions: Array, cuts: Array) -> ir.Value:
    """float64 [N, T] of T terms; ``columns`` [N, 1] of which those that no term reads may be None.

    Numerics: as earth's get.bx, factor by factor from the left: a hinge is d·(x - cut) times whether that is above 0.
    """
    b = scope.builder
    hinges: dict[tuple[int, float, float], tuple[ir.Value, ir.Value]] = {}
    terms: list[ir.Value] = []
    for direction, cut in zip(directions, cuts, strict=True):
        found: ir.Value | None = None
        for place in np.flatnonzero(direction):
            x = columns[place]
            assert x is not None
            if direction[place] == 2:
                found = x if found is None else b.op("Mul", found, x)
                continue
            key = (int(place), float(cut[place]), float(direction[place]))
            if key not in hinges:
                above = b.op("Sub", x, constant(scope, cut[place]))
                above = above if direction[place] == 1 else b.op("Neg", above)
                hinges[key] = above, to_number(scope, b.op("Greater", above, constant(scope, 0.0), dtype=_BOOL))
            above, counts = hinges[key]
            found = above if found is None else b.op("Mul", found, above)
            found = b.op("Mul", found, counts)
        terms.append(ones(scope) if found is None else found)
    return concat(scope, terms)
