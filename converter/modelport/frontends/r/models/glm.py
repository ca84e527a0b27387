"""glm, with the negative binomial of MASS: the inverse link of a linear predictor, by the link's name."""

import numpy as np

from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._linear import frame, linear_predictor
from modelport.frontends.r.models._matrix_terms import with_matrices
from modelport.frontends.r.models._two_levels import binomial, response_levels
from modelport.frontends.r.serialize import RObject, as_array
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_ASK = """function(model, data, named = NULL) {
  value <- predict(model, data, type = "response")
  response <- model$model[[1]]
  if (is.null(response)) response <- model$data[[deparse(model$terms[[2]])[1]]]
  levels <- if (is.factor(response)) levels(response) else if (is.logical(response)) c("FALSE", "TRUE")
    else if (identical(unname(attr(model$terms, "dataClasses")[1]), "logical")) c("FALSE", "TRUE")
  if (is.null(levels)) levels <- named
  answer <- list(value = value, link = predict(model, data, type = "link"))
  if (length(levels) == 2 && grepl("binomial", model$family$family) && !grepl("Negative", model$family$family)) {
    answer$label <- levels[1 + (value > 0.5)]
    answer$probability <- cbind(1 - value, value)
  }
  answer
}"""


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return frame(model).variables(hints, matrices=True)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value and link [N]; of a binomial factor label [N], probability [N, 2] too.

    Of a factor of more levels R models the first against all others: value is the probability of these together.
    Numerics: float64; the linear predictor as lm's, then linkinv by its name, with R's own limits (eps, 30).
    A row with NA in any variable gives NA; a level that the fit has not seen is an error in R.
    """
    own = frame(model)
    coefficients = as_array(model["coefficients"]).reshape(-1, 1)
    eta = linear_predictor(scope, own, np.asarray(coefficients))
    mean = inverse_link(scope, model["family"], eta)
    return binomial(scope, model["family"], response_levels(model, own), mean, eta)


def _refuse(model: RObject) -> list[str]:
    return link_refusals(model.get("family"))


MODEL = Model(
    classes=["glm", "negbin"],
    package="stats",
    variables=_variables,
    convert=_convert,
    ask=with_matrices(_ASK),
    under=["negbin"],
    refuse=_refuse,
    source="stats/R/glm.R and family.R of R 4.2, predict.glm and make.link; MASS/R/negbin.R of 7.3",
)
