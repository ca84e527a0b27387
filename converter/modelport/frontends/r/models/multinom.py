"""multinom of nnet: softmax of linear predictors, or for two classes the logistic function of one."""

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import row_sum, softmax
from modelport.frontends.r._arithmetic import either, is_nan, missing_where
from modelport.frontends.r._labels import beyond_border, drawn
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._logistic import clipped_expit
from modelport.frontends.r.models._missing import not_finite
from modelport.frontends.r.serialize import RObject, RStrings, as_array, texts
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return frame_of(model).variables(hints)


def _weights(model: RObject) -> npt.NDArray[np.float64]:
    """[P, K]: the weights of each column of the design matrix; those of the biases are 0 and masked."""
    inputs, _, outputs = (int(size) for size in as_array(model["n"]))
    return as_array(model["wts"]).reshape(outputs, inputs + 1)[:, 1:].T


def _classes(model: RObject) -> tuple[str, ...]:
    for name in ("lev", "lab"):
        given = model.get(name)
        if isinstance(given, RStrings) and len(given):
            return tuple(texts(given))
    return ()


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C].

    Numerics: float64; k eps Σ|x·w|, then softmax with the greatest taken off, or the logistic function, which jumps at ±15
    as in nnet.c. A row with NA gives NA, one with an infinite number is refused; R draws among classes within 1e-5.
    """
    design = design_of(scope, frame_of(model))
    weights = _weights(model)
    score = design.times(weights)
    rows = design.matrix()
    missing = either(scope, not_finite(scope, rows), is_nan(scope, row_sum(scope, rows, keep=True)))
    classes = _classes(model)
    if weights.shape[1] == 1:
        value = missing_where(scope, missing, clipped_expit(scope, score))
        return beyond_border(scope, classes, value)
    return drawn(scope, missing_where(scope, missing, softmax(scope, score)), classes)


def _refuse(model: RObject) -> list[str]:
    reasons = []
    count = int(as_array(model["n"])[2])
    if len(_classes(model)) != (2 if count == 1 else count):
        reasons.append(f"it names {len(_classes(model))} classes for {count} outputs")
    censored = model.get("censored")
    if censored is not None and as_array(censored).any():
        reasons.append("it was fitted with censored = TRUE")
    return reasons


MODEL = Model(
    classes=["multinom"],
    package="nnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  found <- predict(model, data, type = "probs")
  two <- length(model$lev) == 2
  answer <- list(label = predict(model, data, type = "class"),
       probability = if (two) cbind(1 - as.vector(found), as.vector(found)) else matrix(found, nrow(data)))
  if (identical(model$lev, c("0", "1"))) answer$value <- as.vector(found)
  answer
}""",
    source="nnet/R/multinom.R of 7.3-18, predict.multinom",
)
