"""kmeans: the nearest centre. R has no predict() for it; the rule is modelport's own."""

from functools import reduce

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_variables
from modelport.frontends.r.serialize import RObject, matrix
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    centers = matrix(model["centers"])
    return matrix_variables(chosen_names(centers.columns, centers.values.shape[1], hints))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], the number of the cluster from 1; on request the distances, transformed [N, K].

    Numerics: Σ(x - c)² column by column, exact; of equal distances the first counts.
    """
    b = scope.builder
    centers = matrix(model["centers"]).values
    terms: list[ir.Value] = []
    for k, name in enumerate(scope.variables):
        gap = b.op("Sub", scope.number(name), b.constant(np.ascontiguousarray(centers[None, :, k])))
        terms.append(b.op("Mul", gap, gap))
    total = reduce(lambda so_far, term: b.op("Add", so_far, term), terms)
    near = b.op("Neg", total)
    scope.notes.append(
        "R has no predict() for kmeans: the label is the cluster with the nearest centre, the first of equally near ones"
    )
    return Prediction(
        index=argmax(scope, near),
        scores=near,
        rule="argmax",
        classes=tuple(range(1, len(centers) + 1)),
        transformed=b.op("Sqrt", total),
        task="clusterer",
    )


MODEL = Model(
    classes=["kmeans"],
    package="stats",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  squares <- 0
  for (k in seq_len(ncol(model$centers))) squares <- squares + outer(data[[k]], model$centers[, k], "-")^2
  found <- apply(squares, 1, function(row) if (anyNA(row)) NA else which.min(row))
  list(label = as.character(found), transformed = sqrt(squares))
}""",
    source="stats/R/kmeans.R of R 4.2: centers; modelport's own rule",
)
