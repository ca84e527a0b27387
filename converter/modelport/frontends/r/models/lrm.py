"""rms's lrm and orm: probabilities of two or of ordered levels by their intercepts and a linear predictor."""

import itertools
from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant
from modelport.frontends.r._distributions import pcauchy, pgumbel_largest, pgumbel_least, plogis, pnorm
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._rms import ASK_ROWS, linear, refusals, variables
from modelport.frontends.r.models._two_levels import two_levels
from modelport.frontends.r.serialize import NULL, RObject, RStrings, RVector, as_array, text, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_DISTRIBUTIONS: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {
    "logistic": plogis,
    "probit": pnorm,
    "loglog": pgumbel_largest,
    "cloglog": pgumbel_least,
    "cauchit": pcauchy,
}


def _family(model: RObject) -> str | None:
    """The name of the distribution; lrm keeps none, orm one of a user's own as a list."""
    given = model.get("family", NULL)
    if isinstance(given, RStrings):
        return text(given)
    return "logistic" if given is NULL and model.get("trans", NULL) is NULL else None


def _levels(model: RObject) -> tuple[str, ...]:
    """names(freq), or those of its one dimension."""
    counts = model["freq"]
    given = counts.attributes.get("dimnames")
    if given is not None:
        return tuple(texts(given.values[0]))  # type: ignore[attr-defined]
    return tuple(texts(counts.attributes["names"]))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; of two levels value and link [N] too.

    Numerics: float64; differences of F(intercept + eta). A row with NA gives NA; a level that is not known is an error in R.
    """
    b = scope.builder
    levels = _levels(model)
    distribution = _DISTRIBUTIONS[str(_family(model))]
    count = int(as_array(model["non.slopes"])[0])
    given = model.get("interceptRef", NULL)
    place = int(as_array(given)[0]) - 1 if isinstance(given, RVector) else 0
    eta = linear(scope, model, place)
    if count == 1:
        return two_levels(scope, (levels[0], levels[1]), distribution(scope, eta), eta)
    intercepts = as_array(model["coefficients"])[:count]
    above = b.op(
        "Add", constant(scope, intercepts.reshape(1, -1)), b.op("Sub", eta, constant(scope, intercepts[place]))
    )
    shares = distribution(scope, above)
    parts = [b.op("Gather", shares, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in range(count)]
    own = [b.op("Sub", constant(scope, 1.0), parts[0])]
    own += [b.op("Sub", before, after) for before, after in itertools.pairwise(parts)]
    probability = concat(scope, [*own, parts[-1]])
    scope.notes.append("the label is the level of the greatest probability: R itself gives the probabilities only")
    return first_of_greatest(scope, probability, levels)


def _refuse(model: RObject) -> list[str]:
    reasons = refusals(model)
    if _family(model) not in _DISTRIBUTIONS:
        reasons.append(f"its family is none of {', '.join(_DISTRIBUTIONS)}")
    return reasons


MODEL = Model(
    classes=["lrm", "orm"],
    package="rms",
    variables=variables,
    convert=_convert,
    refuse=_refuse,
    ask=f"""function(model, data) {{
  padded <- {ASK_ROWS}
  levels <- names(model$freq)
  first <- seq_len(nrow(data))
  if (length(levels) == 2) {{
    value <- padded(model, data, function(rows) unname(predict(model, rows, type = "fitted")))[first]
    link <- padded(model, data, function(rows) unname(predict(model, rows)))[first]
    return(list(label = levels[1 + (value > 0.5)], probability = cbind(1 - value, value), value = value, link = link))
  }}
  found <- padded(model, data, function(rows)
    matrix(predict(model, rows, type = "fitted.ind"), ncol = length(levels)))[first, , drop = FALSE]
  greatest <- apply(found, 1, function(row) if (anyNA(row)) NA else which.max(row))
  list(label = levels[greatest], probability = found)
}}""",
    source="rms/R/predictrms.s and predict.lrm.s of 6.5, predict.orm; Hmisc's rcspline.eval",
)
