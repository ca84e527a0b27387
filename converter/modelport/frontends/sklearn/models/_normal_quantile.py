"""The normal quantile of probabilities between 1e-7 and 1 - 1e-7, as two rational functions.

Fitted for this file: each interpolates the true function, computed with 60 digits, at Chebyshev's points; they err by
less than half a unit in the last place before rounding.
"""

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._functions import claim_monotone

__all__ = ["normal_quantile"]

# In s = 0.425² - q² with q = p - 0.5, for |q| <= 0.425: the quantile over q.
_MIDDLE = 0.425
_CENTRE_TOP = (
    3.3871328727963665,
    148.75654077063152,
    2548.2248573022625,
    21627.48116049056,
    95692.73551269759,
    213550.16248438213,
    214247.3801984238,
    74060.81462563902,
    3907.007639023816,
)
_CENTRE_BOTTOM = (
    1.0,
    46.92338689522055,
    871.2838940641986,
    8176.878340636071,
    41169.98166790856,
    109244.70555458817,
    140376.82723612545,
    72342.69749284587,
    9398.46451720659,
)
# In t = sqrt(-log p) - 1.6 for the smaller p of the two tails: the quantile without its sign.
_TAIL_FROM = 1.6
_TAIL_TOP = (
    1.4234371107496837,
    4.595269150128188,
    5.665156295777929,
    3.536303804504678,
    1.2156470291578234,
    0.22907203064516976,
    0.02148423063735208,
    0.000740146821489325,
)
_TAIL_BOTTOM = (
    1.0,
    2.0285549948094106,
    1.632640185971127,
    0.6617565402858898,
    0.1403877647236566,
    0.01436094224630082,
    0.0005232677947262629,
    1.1485977250922073e-09,
)
# Horner's rule with positive coefficients of degree 8 errs by 8 eps above and 8 below the line, the arguments by some
# 4 more; scipy's ndtri (Cephes) states a peak relative error of 7.2e-16, 3 eps.
_ULP = 24.0


def _polynomial(scope: Scope, x: ir.Value, coefficients: tuple[float, ...]) -> ir.Value:
    b = scope.builder
    value = b.constant(np.asarray(coefficients[-1]))
    for coefficient in reversed(coefficients[:-1]):
        value = b.op("Add", b.op("Mul", value, x), b.constant(np.asarray(coefficient)))
    return value


def _ratio(scope: Scope, x: ir.Value, top: tuple[float, ...], bottom: tuple[float, ...]) -> ir.Value:
    return scope.builder.op("Div", _polynomial(scope, x, top), _polynomial(scope, x, bottom))


def normal_quantile(scope: Scope, p: ir.Value) -> ir.Value:
    """float64 -> float64 of the same shape; NaN stays NaN. Beyond 1e-7 from either end it is not to be used."""
    from scipy.special import ndtri

    b = scope.builder
    q = b.op("Sub", p, b.constant(np.asarray(0.5)))
    middle = b.constant(np.asarray(_MIDDLE))
    far = b.op("Greater", b.op("Abs", q), middle, dtype=ir.DataType.BOOL)
    s = b.op("Sub", b.constant(np.asarray(_MIDDLE**2)), b.op("Mul", q, q))
    centre = b.op("Mul", q, _ratio(scope, s, _CENTRE_TOP, _CENTRE_BOTTOM))
    # 1 - p is exact where p exceeds a half.
    smaller = b.op("Min", p, b.op("Sub", b.constant(np.asarray(1.0)), p))
    root = b.op("Sqrt", b.op("Neg", b.op("Log", smaller)))
    t = b.op("Sub", root, b.constant(np.asarray(_TAIL_FROM)))
    tail = b.op("Mul", b.op("Sign", q), _ratio(scope, t, _TAIL_TOP, _TAIL_BOTTOM))
    value = b.op("Where", far, tail, centre, dtype=ir.DataType.DOUBLE)
    return claim_monotone(scope, value, p, ndtri, _ULP, "the normal quantile")
