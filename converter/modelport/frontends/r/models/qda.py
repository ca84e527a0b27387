"""MASS's qda: the distance to each class in its own metric, plug-in."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.models._posterior import by_posterior
from modelport.frontends.r.serialize import RObject, as_array, matrix, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    means = matrix(model["means"])
    return model_variables(model, means.columns, means.values.shape[1], hints)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C].

    Numerics: float64; F eps Σ|x·w| of the product with each class's scaling, then F eps Σd² of its squares.
    A row with NA gives NA, an unseen level is an error; classes within 1e-5 of the greatest probability are drawn.
    """
    b = scope.builder
    means = matrix(model["means"]).values
    classes = tuple(texts(model["lev"]))
    size = means.shape[1]
    scaling = as_array(model["scaling"]).reshape((size, size, len(classes)), order="F")
    half = b.constant(np.asarray(0.5))
    prior, determinants = as_array(model["prior"]), as_array(model["ldet"])
    rows = model_rows(scope, model, size)
    distances: list[ir.Value] = []
    for k in range(len(classes)):
        gap = b.op("Sub", rows, b.constant(np.ascontiguousarray(means[k])))
        moved = b.op("MatMul", gap, b.constant(np.ascontiguousarray(scaling[:, :, k])))
        squares = b.op("ReduceSum", b.op("Mul", moved, moved), b.constant(np.array([1], dtype=np.int64)), keepdims=1)
        total = b.op("Add", b.op("Mul", half, squares), b.constant(np.asarray(0.5 * determinants[k])))
        distances.append(b.op("Sub", total, b.op("Log", b.constant(prior[k : k + 1]))))
    return by_posterior(scope, concat(scope, distances), classes)


def _refuse(model: RObject) -> list[str]:
    return ["it was fitted with CV = TRUE, which gives no model"] if "scaling" not in model else []


MODEL = Model(
    classes=["qda"],
    package="MASS",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  given <- predict(model, data)
  list(label = as.character(given$class), probability = given$posterior)
}""",
    source="MASS/R/qda.R of 7.3-58, predict.qda with method = 'plug-in'",
)
