"""caret's plsda: partial least squares on a column for each class; the greatest response is the label."""

from dataclasses import replace

import onnx_ir as ir

from modelport.frontends._scores import row_sum, shares_of_powers
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.models.pls import response_of, scaled
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, as_array, integer, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    ways = model["coefficients"].attributes.get("dimnames")
    first = ways.values[0] if isinstance(ways, RList) and ways.values else None
    own = texts(first) if isinstance(first, RStrings) else []
    return matrix_variables(chosen_names(own, len(as_array(model["Xmeans"])), hints))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C], the shares of exp(response); value [N, C], the responses, on request.

    Numerics: float64; products of matrices, exp within its ULP.
    """
    rows = scaled(scope, model, matrix_rows(scope, list(scope.variables)))
    value = response_of(scope, model, rows, integer(model["ncomp"]))
    found = first_of_greatest(scope, value, texts(model["obsLevels"]))
    return replace(found, probability=_shares(scope, value), value=value)


def _shares(scope: Scope, value: ir.Value) -> ir.Value:
    """exp(x) / Σ exp(x) as it stands: beyond exp's range it is NaN, as in R."""
    b = scope.builder
    powers = b.op("Exp", value)
    shares = b.op("Div", powers, row_sum(scope, powers, keep=True))
    return scope.claim(shares, [value], shares_of_powers, "4 ULP of exp and C eps of the sum of C exponentials")


def _refuse(model: RObject) -> list[str]:
    given = model.get("probModel")
    if given is not None and given is not NULL:
        return ["its probabilities are those of klaR's NaiveBayes (probMethod = 'Bayes'), which is not converted"]
    return []


MODEL = Model(
    classes=["plsda"],
    package="caret",
    attach=("pls",),
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  rows <- as.matrix(data)
  ask <- function(type) { made <- predict(model, rows, ncomp = model$ncomp, type = type); matrix(made, nrow(rows)) }
  value <- ask("raw")
  # Where a response is NaN, which.max() leaves nothing to take.
  label <- rep(NA_character_, nrow(rows))
  good <- complete.cases(value)
  if (any(good)) label[good] <- as.character(predict(model, rows[good, , drop = FALSE], ncomp = model$ncomp, type = "class"))
  list(label = label, probability = ask("prob"), value = value)
}""",
    source="caret/R/plsda.R of 6.0-93, predict.plsda; pls/R/predict.mvr.R of 2.8",
)
