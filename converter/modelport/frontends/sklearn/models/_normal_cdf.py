"""The normal distribution function between -6 and 6: exp(-x²/2) times a rational function, which falls slowly.

Fitted for this file: it interpolates the true function, computed with 60 digits, at Chebyshev's points of 0 to 6.
"""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import clip
from modelport.ir.claims import Local

__all__ = ["LIMIT", "normal_cdf"]

Array = npt.NDArray[np.float64]

# Beyond it the result stays where it is: 1e-9 from 0 or 1.
LIMIT = 6.0
# In |x|: the function at -|x| over exp(-x²/2).
_TOP = (
    0.5000000000000004,
    0.6665254592862428,
    0.4429025049734686,
    0.18488077035836262,
    0.052336654612800966,
    0.010232578449707413,
    0.0013491007285308069,
    0.00011014211832408752,
    4.307122421171985e-06,
)
_BOTTOM = (
    1.0,
    2.130935479375445,
    2.086045529005796,
    1.2346788420378656,
    0.48852856994692945,
    0.13454834895830228,
    0.02592537163018028,
    0.0033924897644836134,
    0.00027608536373356207,
    1.0796354651607223e-05,
)
# Of the smaller tail: the fit errs by 4 eps, Horner's rule with positive coefficients by 17, the exponential by 4; the
# square in it is rounded, which costs x²/4 more. scipy's ndtr (Cephes) states 3.4e-14 at -13, 150 eps, near x² there.
_ULP, _OF_SQUARE = 40.0, 2.0


def _polynomial(scope: Scope, x: ir.Value, coefficients: tuple[float, ...]) -> ir.Value:
    b = scope.builder
    value = b.constant(np.asarray(coefficients[-1]))
    for coefficient in reversed(coefficients[:-1]):
        value = b.op("Add", b.op("Mul", value, x), b.constant(np.asarray(coefficient)))
    return value


def normal_cdf(scope: Scope, x: ir.Value) -> ir.Value:
    """float64 -> float64 of the same shape; NaN stays NaN."""
    b = scope.builder
    inside = clip(scope, x, -LIMIT, LIMIT)
    far = b.op("Abs", inside)
    fallen = b.op("Exp", b.op("Mul", b.constant(np.asarray(-0.5)), b.op("Mul", far, far)))
    tail = b.op("Mul", fallen, b.op("Div", _polynomial(scope, far, _TOP), _polynomial(scope, far, _BOTTOM)))
    above = b.op("Greater", inside, b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
    value = b.op("Where", above, b.op("Sub", b.constant(np.asarray(1.0)), tail), tail, dtype=ir.DataType.DOUBLE)
    return scope.claim(
        value, [x], _rule, f"{_ULP:g} + {_OF_SQUARE:g} x² ULP of the normal distribution function's tail"
    )


def _rule(n: Local) -> Array:
    from scipy.special import ndtr

    x = np.clip(n.x(), -LIMIT, LIMIT)
    own = (_ULP + _OF_SQUARE * x * x) * n.eps * ndtr(-np.abs(x)) + n.eps * np.abs(n.result)
    # Beyond the limit it is compared with nothing: what the source gives there lies this far off.
    beyond = np.where(np.abs(n.x()) > LIMIT, ndtr(-LIMIT), 0.0)
    low, high = n.ends()
    spread = n.spread(*(ndtr(np.clip(end, -LIMIT, LIMIT)) for end in (low, high))) if n.d().any() else 0.0
    return np.where(np.isnan(n.result), 0.0, own + beyond + spread)
