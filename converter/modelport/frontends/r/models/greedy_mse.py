"""caretEnsemble's greedyMSE: a positive weighted average of columns, of several classes divided by its sum."""

import numpy as np

from modelport.frontends._scores import argmax, flat, row_sum
from modelport.frontends.r._arithmetic import missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import matrix_rows, matrix_variables
from modelport.frontends.r.models._missing import not_finite
from modelport.frontends.r.serialize import RObject, matrix
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]; or label [N] and probability [N, C]. Numerics: k eps Σ|x·w|, and two roundings of a share.

    The label is the first of the greatest sums, before they are divided. R ends with an error where a number is not finite.
    """
    b = scope.builder
    weights = matrix(model["model_weights"])
    rows = matrix_rows(scope, list(scope.variables))
    total = b.op("MatMul", rows, b.constant(np.ascontiguousarray(weights.values)))
    total = missing_where(scope, not_finite(scope, rows), total)
    if weights.values.shape[1] == 1:
        return Prediction(value=flat(scope, total))
    return Prediction(
        index=argmax(scope, total),
        scores=total,
        rule="argmax",
        probability=b.op("Div", total, row_sum(scope, total, keep=True)),
        classes=tuple(weights.columns),
    )


def _variables(model: RObject, _: Hints) -> list[Variable]:
    return matrix_variables(matrix(model["model_weights"]).rows)


def _refuse(model: RObject) -> list[str]:
    weights = matrix(model["model_weights"])
    count, targets = weights.values.shape
    if len(weights.rows) != count:
        return ["its weights do not name their columns"]
    return ["its weights do not name the classes"] if targets > 1 and len(weights.columns) != targets else []


MODEL = Model(
    classes=["greedyMSE"],
    package="caretEnsemble",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  made <- predict(model, data)
  if (ncol(model$model_weights) == 1) return(list(value = made))
  list(label = as.character(predict(model, data, return_labels = TRUE)), probability = made)
}""",
    source="caretEnsemble 4.0.1, R/greedyMSE.R, predict.greedyMSE",
    unproven="the package caretEnsemble was not at hand",
)
