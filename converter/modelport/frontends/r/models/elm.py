"""elmNNRcpp's elm: an extreme learning machine over the columns of a formula, for numbers, two truth values or classes."""

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import argmax, flat, row_sum
from modelport.frontends.r._arithmetic import constant, missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._elm_units import ACTIVATIONS, Activation, triangle_inside
from modelport.frontends.r.models._missing import any_missing
from modelport.frontends.r.serialize import RObject, RPairs, as_array, flag, matrix, text
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

# Beyond -1 and 1 the package leaves the number as it is; relu has no slope below 0 when it predicts.
_ACTIVATIONS: dict[str, Activation] = {name: unit for name, unit in ACTIVATIONS.items() if name != "poslin"} | {
    "tribas": lambda scope, x: triangle_inside(scope, x, x),
    "relu": ACTIVATIONS["poslin"],
}


def _frame(model: RObject) -> Frame:
    return Frame(model["formula"])


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return _frame(model).variables(hints)


def _raw(scope: Scope, model: RObject) -> ir.Value:
    """[N, K]: what elm_predict() gives, NaN in rows that R drops."""
    b = scope.builder
    design = design_of(scope, _frame(model))
    weights, output = matrix(model["inpweight"]).values, matrix(model["outweight"]).values
    if len(design.columns) != weights.shape[1] + 1:
        raise UnsupportedModelError(
            f"the formula gives {len(design.columns)} columns, the model was fitted on {weights.shape[1]} and an intercept",
            where=f"columns {', '.join(design.columns[:20])}",
            fix="fit it with an intercept: predict() takes the first column away, whatever it is",
        )
    rows = design.matrix([place > 0 for place in range(len(design.columns))])
    hidden = b.op("MatMul", rows, b.constant(np.ascontiguousarray(weights.T)))
    bias = as_array(model["biashid"])
    if len(bias):
        hidden = b.op("Add", hidden, b.constant(bias.ravel()))
    hidden = _ACTIVATIONS[text(model["actfun"])](scope, hidden)
    return missing_where(scope, any_missing(scope), b.op("MatMul", hidden, b.constant(np.ascontiguousarray(output))))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]; label [N] and score [N] of a logical; label [N], probability and score [N, C] of classes.

    Numerics: k eps Σ|x·w| of both products, carried through the units. A row with NA is dropped by R.
    The label is the first of the greatest scores; probabilities are |score| over their sum, as type = "prob" gives them.
    """
    b = scope.builder
    raw = _raw(scope, model)
    if flag(model["is_regression"]):
        return Prediction(value=flat(scope, raw))
    if flag(model["is_logical"]):
        score = flat(scope, raw)
        below = b.op("Less", score, constant(scope, 0.5), dtype=ir.DataType.BOOL)
        index = b.cast(b.op("Not", below, dtype=ir.DataType.BOOL), ir.DataType.INT64)
        return Prediction(
            index=index,
            scores=score,
            rule="positive",
            border=0.5,
            classes=("FALSE", "TRUE"),
            score=score,
            by_class=False,
        )
    size = b.op("Abs", raw)
    return Prediction(
        index=argmax(scope, raw),
        scores=raw,
        rule="argmax",
        classes=tuple(matrix(model["outweight"]).columns),
        probability=b.op("Div", size, row_sum(scope, size, keep=True)),
        score=raw,
    )


def _refuse(model: RObject) -> list[str]:
    if not isinstance(model.get("formula"), RPairs):
        return ["it was not made by elm() with a formula"]
    reasons = []
    kind = text(model["actfun"])
    if kind == "satlins":
        reasons.append(
            "actfun = 'satlins' clips values below -1 only where no value of all rows asked together is above 1"
        )
    elif kind not in _ACTIVATIONS:
        reasons.append(f"actfun = {kind!r} (known: {', '.join(sorted(_ACTIVATIONS))})")
    frame = _frame(model)
    own = None if frame.response is None else frame.labels[frame.response]
    coded = [n for n, kind in frame.kinds.items() if n != own and kind in ("factor", "ordered", "character")]
    if coded:
        reasons.append(f"it keeps no levels of {', '.join(coded)}; make columns of numbers of them before the fit")
    classes = matrix(model["outweight"]).columns
    if not flag(model["is_regression"]) and not flag(model["is_logical"]) and len(classes) < 2:
        reasons.append("it keeps no names of the classes")
    return reasons


MODEL = Model(
    classes=["elm"],
    package="elmNNRcpp",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  made <- predict(model, data)
  if (model$is_regression) return(list(value = as.numeric(made)))
  score <- predict(model, data, type = "raw")
  if (model$is_logical) return(list(label = as.character(made), score = as.numeric(score)))
  list(label = as.character(made), probability = matrix(predict(model, data, type = "prob"), nrow(data)),
       score = matrix(score, nrow(data)))
}""",
    source="elmNNRcpp/R/elm.R and src/utils.cpp of 1.0.2, predict.elm, elm_predict_rcpp, activation_functions, norm_preds",
    unproven="the package elmNNRcpp was not at hand",
)
