"""Distribution functions of R as graph: normal, logistic, Cauchy, and both of Gumbel, each within the ULP that it claims."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import expit
from modelport.frontends.r._arithmetic import claim_monotone, constant, is_nan, missing_where, where
from modelport.frontends.r._scope import Scope
from modelport.ir.claims import Local

__all__ = ["NORMAL_LIMIT", "arctan", "clipped", "pcauchy", "pgumbel_largest", "pgumbel_least", "plogis", "pnorm"]

Array = npt.NDArray[np.float64]
_BOOL = ir.DataType.BOOL

# Beyond it the smaller tail stays where it is, below 1e-16.
NORMAL_LIMIT = 8.25
# The smaller tail over exp(-x²/2), for 0 <= x <= 8.25: fitted for this file at Chebyshev's points with 80 digits; 0.1 eps.
_TOP = (
    0.5,
    0.7952410585840993,
    0.6300190573613454,
    0.32001859421781687,
    0.11418790548218671,
    0.029745838632648344,
    0.0057177841556592885,
    0.0008012990057053902,
    7.859194841403702e-05,
    4.900588192427085e-06,
    1.4906913553729008e-07,
)
_BOTTOM = (
    1.0,
    2.3883666779710655,
    2.6656790126118026,
    1.8387194979371866,
    0.8728358363379989,
    0.30016867827814975,
    0.0765457537978879,
    0.014528612782919595,
    0.0020208427015905436,
    0.00019737446084721748,
    1.2283952927362169e-05,
    3.73660909997504e-07,
)
# Horner's rule with positive coefficients errs by 21 eps, two exponentials by 2 each, R's own (Cody's) by 2.
_NORMAL_ULP = 32.0
_ARCTAN_ULP = 16.0


def clipped(scope: Scope, x: ir.Value, low: float, high: float) -> ir.Value:
    """pmin(pmax(x, low), high); NaN stays NaN."""
    b = scope.builder
    inside = b.op("Min", b.op("Max", x, constant(scope, low)), constant(scope, high))
    return missing_where(scope, is_nan(scope, x), inside)


def _horner(scope: Scope, x: ir.Value, coefficients: tuple[float, ...]) -> ir.Value:
    b = scope.builder
    value = constant(scope, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        value = b.op("Add", b.op("Mul", value, x), constant(scope, coefficient))
    return value


def pnorm(scope: Scope, x: ir.Value) -> ir.Value:
    """The normal distribution function; the square in its exponential is split, so that it loses no digits (Cody)."""
    b = scope.builder
    far = b.op("Abs", clipped(scope, x, -NORMAL_LIMIT, NORMAL_LIMIT))
    sixteen = constant(scope, 16.0)
    coarse = b.op("Div", b.op("Floor", b.op("Mul", far, sixteen)), sixteen)
    rest = b.op("Mul", b.op("Sub", far, coarse), b.op("Add", far, coarse))
    half = constant(scope, -0.5)
    fallen = b.op(
        "Mul", b.op("Exp", b.op("Mul", b.op("Mul", coarse, coarse), half)), b.op("Exp", b.op("Mul", rest, half))
    )
    tail = b.op("Mul", fallen, b.op("Div", _horner(scope, far, _TOP), _horner(scope, far, _BOTTOM)))
    above = b.op("Greater", x, constant(scope, 0.0), dtype=_BOOL)
    value = where(scope, above, b.op("Sub", constant(scope, 1.0), tail), tail)
    return scope.claim(value, [x], _normal_rule, f"{_NORMAL_ULP:g} ULP of the normal distribution function's tail")


def _normal_rule(n: Local) -> Array:
    x = np.clip(n.x(), -NORMAL_LIMIT, NORMAL_LIMIT)
    tail = _tail(np.abs(x))
    own = _NORMAL_ULP * n.eps * tail + n.eps * np.abs(n.result)
    beyond = np.where(np.abs(n.x()) > NORMAL_LIMIT, _tail(np.asarray(NORMAL_LIMIT)), 0.0)
    spread: Array | float = 0.0
    if n.d().any():
        ends = [np.clip(end, -NORMAL_LIMIT, NORMAL_LIMIT) for end in n.ends()]
        spread = n.spread(*(np.where(end > 0, 1 - _tail(np.abs(end)), _tail(np.abs(end))) for end in ends))
    return np.where(np.isnan(n.result), 0.0, own + beyond + spread)


def _tail(far: Array) -> Array:
    return np.asarray(np.exp(-far * far / 2) * np.polyval(_TOP[::-1], far) / np.polyval(_BOTTOM[::-1], far))


def plogis(scope: Scope, x: ir.Value) -> ir.Value:
    """1 / (1 + exp(-x))."""
    return expit(scope, x)


def arctan(scope: Scope, x: ir.Value) -> ir.Value:
    """arctan of |x| <= 1: the angle is halved three times by x / (1 + √(1 + x²)), then its series of 12 terms."""
    b = scope.builder
    one = constant(scope, 1.0)
    small = x
    for _ in range(3):
        small = b.op("Div", small, b.op("Add", one, b.op("Sqrt", b.op("Add", one, b.op("Mul", small, small)))))
    square = b.op("Mul", small, small)
    # tan(π/32)² is below 0.0098: 8 terms leave 1e-17.
    series = tuple((-1.0) ** k / (2 * k + 1) for k in range(9))
    value = b.op("Mul", constant(scope, 8.0), b.op("Mul", small, _horner(scope, square, series)))
    return claim_monotone(scope, value, x, np.arctan, _ARCTAN_ULP, "atan")


def pcauchy(scope: Scope, x: ir.Value) -> ir.Value:
    """As R's pcauchy: by atan(1/x)/π beyond 1, by 0.5 + atan(x)/π within."""
    b = scope.builder
    one, pi = constant(scope, 1.0), constant(scope, np.pi)
    large = b.op("Greater", b.op("Abs", x), one, dtype=_BOOL)
    angle = b.op("Div", arctan(scope, where(scope, large, b.op("Div", one, x), x)), pi)
    positive = b.op("Greater", x, constant(scope, 0.0), dtype=_BOOL)
    outside = where(scope, positive, b.op("Sub", one, angle), b.op("Neg", angle))
    value = where(scope, large, outside, b.op("Add", constant(scope, 0.5), angle))

    def rule(n: Local) -> Array:
        low, high = n.ends()
        own = (_ARCTAN_ULP + 4) * n.eps * np.abs(n.result)
        spread = n.spread(*(0.5 + np.arctan(end) / np.pi for end in (low, high))) if n.d().any() else 0.0
        return np.where(np.isnan(n.result), 0.0, own + spread)

    return scope.claim(value, [x], rule, f"{_ARCTAN_ULP + 4:g} ULP of pcauchy")


def pgumbel_largest(scope: Scope, x: ir.Value) -> ir.Value:
    """exp(-exp(-x)), MASS's pgumbel."""
    b = scope.builder
    return b.op("Exp", b.op("Neg", b.op("Exp", b.op("Neg", x))))


def pgumbel_least(scope: Scope, x: ir.Value) -> ir.Value:
    """1 - exp(-exp(x)), MASS's pGumbel."""
    b = scope.builder
    return b.op("Sub", constant(scope, 1.0), b.op("Exp", b.op("Neg", b.op("Exp", x))))
