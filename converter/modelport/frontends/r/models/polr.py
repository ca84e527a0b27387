"""polr: probabilities of ordered levels, as differences of a distribution function at thresholds less a linear predictor."""

import itertools
from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant
from modelport.frontends.r._distributions import pcauchy, pgumbel_largest, pgumbel_least, plogis, pnorm
from modelport.frontends.r._labels import drawn
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import RObject, as_array, text, texts
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_DISTRIBUTIONS: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {
    "logistic": plogis,
    "probit": pnorm,
    "loglog": pgumbel_largest,
    "cloglog": pgumbel_least,
    "cauchit": pcauchy,
}


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return frame_of(model).variables(hints)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C].

    Numerics: float64; F(zeta - eta) and its differences. R draws among levels within 1e-5 of the greatest, and leaves an
    offset out, as is done here. A row with NA gives NA.
    """
    b = scope.builder
    design = design_of(scope, frame_of(model))
    coefficients = as_array(model["coefficients"])
    zeta = as_array(model["zeta"])
    thresholds = constant(scope, zeta.reshape(1, -1))
    if len(coefficients):
        first = np.full(1, np.nan) if "(Intercept)" in design.columns else np.empty(0)
        # The intercept has no coefficient here; NaN leaves its column out.
        eta = design.times(np.concatenate([first, coefficients]).reshape(-1, 1))
    else:
        eta = b.op("Sub", design.matrix(), design.matrix())
    below = _DISTRIBUTIONS[text(model["method"])](scope, b.op("Sub", thresholds, eta))
    parts = [b.op("Gather", below, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in range(len(zeta))]
    shares = [parts[0]]
    shares += [b.op("Sub", after, before) for before, after in itertools.pairwise(parts)]
    shares.append(b.op("Sub", constant(scope, 1.0), parts[-1]))
    probability = concat(scope, shares)
    return drawn(scope, probability, texts(model["lev"]))


def _refuse(model: RObject) -> list[str]:
    method = text(model["method"])
    return [] if method in _DISTRIBUTIONS else [f"its method {method!r} is none of {', '.join(_DISTRIBUTIONS)}"]


MODEL = Model(
    classes=["polr"],
    package="MASS",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  found <- predict(model, data, type = "probs")
  list(label = predict(model, data, type = "class"), probability = matrix(found, nrow(data), length(model$lev)))
}""",
    source="MASS/R/polr.R of 7.3-58, predict.polr",
)
