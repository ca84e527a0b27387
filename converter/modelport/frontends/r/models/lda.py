"""MASS's lda: distances to the class means in the space of the discriminants, plug-in."""

import numpy as np

from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.models._posterior import by_posterior
from modelport.frontends.r.serialize import RObject, RVector, as_array, matrix, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    means = matrix(model["means"])
    return model_variables(model, means.columns, means.values.shape[1], hints)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; on request the discriminants, transformed [N, D].

    Numerics: float64; products of F terms, those of the class means included, which R computes anew each time.
    A row with NA gives NA, an unseen level is an error; classes within 1e-5 of the greatest probability are drawn.
    """
    b = scope.builder
    means, scaling = matrix(model["means"]).values, matrix(model["scaling"]).values
    prior = as_array(model["prior"])
    dimensions = min(len(as_array(model["svd"])), scaling.shape[1])
    # colSums adds in R's long double and rounds once.
    center = (prior[:, None] * means).astype(np.longdouble).sum(axis=0).astype(np.float64)
    weights = b.constant(np.ascontiguousarray(scaling[:, :dimensions]))
    rows = model_rows(scope, model, means.shape[1])
    x = b.op("MatMul", b.op("Sub", rows, b.constant(center)), weights)
    # In the graph, as the target's product may be rounded otherwise than R's.
    own = b.op("MatMul", b.constant(means - center), weights)
    squares = b.op("ReduceSum", b.op("Mul", own, own), b.constant(np.array([1], dtype=np.int64)), keepdims=0)
    half = b.op("Mul", b.constant(np.asarray(0.5)), squares)
    fixed = b.op("Sub", half, b.op("Log", b.constant(prior)))
    distances = b.op("Sub", fixed, b.op("MatMul", x, b.op("Transpose", own, perm=[1, 0])))
    classes = tuple(names(model["prior"]) or texts(model["lev"]))
    return by_posterior(scope, distances, classes, transformed=x)


def _with_dimensions(model: RObject, value: Chosen) -> RObject:
    """The object that has these first discriminants only."""
    count = int(as_array(count_up_to(value, len(as_array(model["svd"]))))[0])
    return with_elements(model, svd=RVector("double", as_array(model["svd"])[:count]))


def _refuse(model: RObject) -> list[str]:
    return ["it was fitted with CV = TRUE, which gives no model"] if "scaling" not in model else []


MODEL = Model(
    classes=["lda"],
    package="MASS",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data, dimen = length(model$svd)) {
  given <- predict(model, data, dimen = dimen)
  list(label = as.character(given$class), probability = given$posterior, transformed = given$x)
}""",
    arguments={"dimen": Argument(lambda model: f"1 to {len(as_array(model['svd']))}", _with_dimensions)},
    source="MASS/R/lda.R of 7.3-58, predict.lda with method = 'plug-in'",
)
