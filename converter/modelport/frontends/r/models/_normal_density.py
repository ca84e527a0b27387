"""dnorm(): R's own steps, which split the exponent of large arguments so that its square loses no digits."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._scope import Scope

__all__ = ["normal_density"]

_BOOL = ir.DataType.BOOL
_SPLIT = 5.0
_ONE_OVER_ROOT_2_PI = 0.398942280401432677939946059934
# Beyond it the density is less than any number: sqrt(-2 ln 2 (DBL_MIN_EXP + 1 - DBL_MANT_DIG)).
_FARTHEST = float(np.sqrt(-2 * np.log(2.0) * (-1021 + 1 - 53)))


def normal_density(
    scope: Scope, x: ir.Value, mean: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]
) -> ir.Value:
    """Shapes: [N, 1], [C], [C] -> [N, C]. Numerics: single operations as in R, but for exp."""
    b = scope.builder

    def number(value: float) -> ir.Value:
        return constant(scope, value)

    z = b.op("Abs", b.op("Div", b.op("Sub", x, b.constant(mean)), b.constant(spread)))
    half = number(-0.5)
    factor = number(_ONE_OVER_ROOT_2_PI)
    near = b.op("Mul", factor, b.op("Exp", b.op("Mul", b.op("Mul", half, z), z)))
    near = b.op("Div", near, b.constant(spread))
    # To a multiple of 2^-16, whose square is exact.
    steps = number(65536.0)
    coarse = b.op("Div", b.op("Round", b.op("Mul", z, steps)), steps)
    rest = b.op("Sub", z, coarse)
    first = b.op("Exp", b.op("Mul", b.op("Mul", half, coarse), coarse))
    second = b.op("Exp", b.op("Mul", b.op("Sub", b.op("Mul", half, rest), coarse), rest))
    far = b.op("Mul", b.op("Div", factor, b.constant(spread)), b.op("Mul", first, second))
    value = where(scope, b.op("Less", z, number(_SPLIT), dtype=_BOOL), near, far)
    beyond = b.op("Greater", z, number(_FARTHEST), dtype=_BOOL)
    value = where(scope, beyond, number(0.0), value)
    return where(scope, is_nan(scope, z), number(np.nan), value)
