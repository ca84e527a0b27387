"""Inverse links of R's families, by the link's name; a function that a user wrote is never run.

A power link's exponent is read from what its function closes over: the name rounds it.
"""

from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, missing_where, where
from modelport.frontends.r._distributions import clipped, pcauchy, pnorm
from modelport.frontends.r._functions import expm1
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import RClosure, REnvironment, RObject, RPromise, RStrings, RVector, as_array, text

__all__ = ["LINKS", "inverse_link", "link_of", "link_refusals"]

_BOOL = ir.DataType.BOOL
_EPS = float(np.finfo(np.float64).eps)
_NORMAL_THRESHOLD = 8.125890664701906  # -qnorm(eps)
_CAUCHY_THRESHOLD = 1433540284805664.8  # -qcauchy(eps)


def _at_least_eps(scope: Scope, x: ir.Value) -> ir.Value:
    """pmax(x, eps)."""
    eps = constant(scope, _EPS)
    return where(scope, scope.builder.op("Less", x, eps, dtype=_BOOL), eps, x)


def _logit(scope: Scope, eta: ir.Value) -> ir.Value:
    """exp(eta) / (1 + exp(eta)), and beyond 30 as if exp(eta) were eps or 1/eps, as R's own C has it."""
    b = scope.builder
    low = b.op("Less", eta, constant(scope, -30.0), dtype=_BOOL)
    high = b.op("Greater", eta, constant(scope, 30.0), dtype=_BOOL)
    odds = where(scope, low, constant(scope, _EPS), where(scope, high, constant(scope, 1 / _EPS), b.op("Exp", eta)))
    return b.op("Div", odds, b.op("Add", constant(scope, 1.0), odds))


def _probit(scope: Scope, eta: ir.Value) -> ir.Value:
    return pnorm(scope, clipped(scope, eta, -_NORMAL_THRESHOLD, _NORMAL_THRESHOLD))


def _cauchit(scope: Scope, eta: ir.Value) -> ir.Value:
    return pcauchy(scope, clipped(scope, eta, -_CAUCHY_THRESHOLD, _CAUCHY_THRESHOLD))


def _cloglog(scope: Scope, eta: ir.Value) -> ir.Value:
    b = scope.builder
    value = b.op("Neg", expm1(scope, b.op("Neg", b.op("Exp", eta))))
    most = constant(scope, 1 - _EPS)
    below = where(scope, b.op("Greater", value, most, dtype=_BOOL), most, value)
    return missing_where(scope, is_nan(scope, eta), _at_least_eps(scope, below))


def _log(scope: Scope, eta: ir.Value) -> ir.Value:
    return _at_least_eps(scope, scope.builder.op("Exp", eta))


def _inverse(scope: Scope, eta: ir.Value) -> ir.Value:
    return scope.builder.op("Div", constant(scope, 1.0), eta)


def _inverse_square(scope: Scope, eta: ir.Value) -> ir.Value:
    return scope.builder.op("Div", constant(scope, 1.0), scope.builder.op("Sqrt", eta))


def _square(scope: Scope, eta: ir.Value) -> ir.Value:
    return scope.builder.op("Mul", eta, eta)


def _identity(_: Scope, eta: ir.Value) -> ir.Value:
    return eta


LINKS: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {
    "logit": _logit,
    "probit": _probit,
    "cauchit": _cauchit,
    "cloglog": _cloglog,
    "log": _log,
    "identity": _identity,
    "inverse": _inverse,
    "1/mu^2": _inverse_square,
    "sqrt": _square,
}


def link_of(family: RObject) -> tuple[str, float | None, bool]:
    """The name of the link, the exponent of a power link, and whether it is one of statmod's tweedie.

    Raises: ValueError for a link that is a function of the user's own, or of a package that is not known.
    """
    given = family.get("link")
    name = text(given) if isinstance(given, RStrings) else ""
    if name in LINKS:
        return name, None, False
    if not name.startswith("mu^"):
        raise ValueError(
            f"its link {name!r} is a function of its own, which is not run; known are {', '.join(LINKS)}, power()"
        )
    inverse = family.get("linkinv")
    place = inverse.environment if isinstance(inverse, RClosure) else None
    exponent = place.get("lambda") if isinstance(place, REnvironment) else None
    if isinstance(exponent, RPromise):
        exponent = exponent.value
    if not isinstance(exponent, RVector):
        try:
            number = float(name.removeprefix("mu^"))
        except ValueError as err:
            raise ValueError(f"the exponent of its power link {name!r} is not stored") from err
        if not (number * 1000).is_integer() or number != round(number, 2):
            raise ValueError(f"the exponent of its power link {name!r} is stored rounded only")
        exponent_value = number
    else:
        exponent_value = float(as_array(exponent)[0])
    kind = family.get("family")
    return name, exponent_value, isinstance(kind, RStrings) and text(kind) == "Tweedie"


def inverse_link(scope: Scope, family: RObject, eta: ir.Value) -> ir.Value:
    """linkinv(eta). Raises: ValueError, see ``link_of``."""
    name, exponent, tweedie = link_of(family)
    if exponent is None:
        return LINKS[name](scope, eta)
    if exponent == 0:
        return _log(scope, eta)
    power = 1 / exponent
    if power == 2:
        value = scope.builder.op("Mul", eta, eta)
    elif power == 1:
        value = eta
    else:
        value = missing_where(scope, is_nan(scope, eta), scope.builder.op("Pow", eta, constant(scope, power)))
    return value if tweedie else _at_least_eps(scope, value)


def link_refusals(family: RObject | None) -> list[str]:
    """What of a family cannot be converted."""
    if family is None:
        return ["it keeps no family"]
    try:
        link_of(family)
    except ValueError as err:
        return [str(err)]
    return []
