"""nnet: one hidden layer, with or without connections that skip it; logistic, linear or softmax outputs."""

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import either, missing_where
from modelport.frontends.r._labels import beyond_border, drawn
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._missing import any_missing, not_finite
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.models._nnet_units import unit_outputs, unit_reasons, unit_sizes
from modelport.frontends.r.serialize import RObject, RStrings, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    given = model.get("coefnames")
    return model_variables(model, texts(given) if isinstance(given, RStrings) else [], unit_sizes(model)[0], hints)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; value [N] or [N, K].

    Numerics: float64; k eps Σ|x·w| of a unit's sum, carried through the logistic function, which jumps at ±15 as in nnet.c.
    A row with NA gives NA, one with an infinite number is refused, classes within 1e-5 of the greatest are drawn.
    """
    inputs, _, count = unit_sizes(model)
    rows = model_rows(scope, model, inputs)
    value = missing_where(
        scope, either(scope, any_missing(scope), not_finite(scope, rows)), unit_outputs(scope, model, rows)
    )
    given = model.get("lev")
    levels = tuple(texts(given)) if isinstance(given, RStrings) else ()
    if count == 1 and len(levels) == 2:
        return beyond_border(scope, levels, value)
    if count > 1 and len(levels) >= count:
        return drawn(scope, value, levels[:count])
    return Prediction(value=flat(scope, value) if count == 1 else value)


def _refuse(model: RObject) -> list[str]:
    count = unit_sizes(model)[2]
    reasons = unit_reasons(model)
    shown = model.get("fitted.values")
    given = model.get("lev")
    columns = names(shown) if shown is not None else []
    if isinstance(given, RStrings) and columns and len(columns) == count > 1 and texts(given)[:count] != columns:
        reasons.append("a level of its response was empty at the fit: R then names the wrong class; drop the level")
    return reasons


MODEL = Model(
    classes=["nnet", "nnet.formula"],
    package="nnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  value <- predict(model, data, type = "raw")
  levels <- model$lev
  if (is.null(levels) || (ncol(value) == 1 && length(levels) != 2) || (ncol(value) > 1 && length(levels) < ncol(value)))
    return(list(value = value))
  label <- predict(model, data, type = "class")
  answer <- list(label = label, probability = if (ncol(value) == 1) cbind(1 - value, value) else value)
  if (identical(levels, c("0", "1"))) answer$value <- value
  answer
}""",
    source="nnet/R/nnet.R and src/nnet.c of 7.3-18, predict.nnet, fpass",
)
