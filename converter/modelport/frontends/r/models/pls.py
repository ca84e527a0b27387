"""mvr of package pls (plsr, pcr, cppls): the coefficients of all fitted components times the columns of the formula."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends._scores import flat
from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_terms import with_matrices
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RStrings,
    as_array,
    integer,
    is_factor,
    names,
    texts,
)
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame, frame_of
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "coefficients", "predictors", "response_of", "scaled"]

Array = npt.NDArray[np.float64]


def coefficients(model: RObject, count: int) -> Array:
    """[P, M]: the slopes of the first ``count`` components."""
    found = model["coefficients"]
    shape = found.attributes.get("dim", NULL)
    if shape is NULL:
        raise ModelFileError(
            "the model keeps no coefficients", where="$coefficients", fix="save the model whole, as mvr() gave it"
        )
    return as_array(found).reshape(as_array(shape).astype(int).tolist(), order="F")[:, :, count - 1]


def _frame(model: RObject) -> Frame:
    """The model keeps no xlevels: R takes the levels of the new data. Those of the model frame are what was fitted."""
    found = frame_of(model)
    kept = model.get("model")
    if found.xlevels or not isinstance(kept, RList):
        return found
    levels = {
        name: tuple(texts(column.attributes["levels"]) if is_factor(column) else sorted(set(texts(column))))
        for name, column in zip(names(kept), kept, strict=True)
        if is_factor(column) or isinstance(column, RStrings)
    }
    return replace(found, xlevels=levels)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return _frame(model).variables(hints, matrices=True)


def predictors(scope: Scope, model: RObject) -> ir.Value:
    """[N, P]: the design matrix without its intercept, scaled as in the fit."""
    design = design_of(scope, _frame(model))
    rows = design.matrix([name != "(Intercept)" for name in design.columns])
    return scaled(scope, model, rows)


def scaled(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """Each column over its scale, where the fit scaled."""
    by = model.get("scale")
    if by is None or by is NULL:
        return rows
    return scope.builder.op("Div", rows, constant(scope, as_array(by)[None, :]))


def response_of(scope: Scope, model: RObject, rows: ir.Value, count: int) -> ir.Value:
    """[N, M]: X %*% B + B0, where coef.mvr(intercept = TRUE) finds B0 as Ymeans - Xmeans %*% B.

    Numerics: B0 is found in the graph too, for its sum is R's but for the order, and that much may each answer differ.
    """
    b = scope.builder
    slopes = b.constant(np.ascontiguousarray(coefficients(model, count)))
    middle = b.op("MatMul", constant(scope, as_array(model["Xmeans"])[None, :]), slopes)
    start = b.op("Sub", constant(scope, as_array(model["Ymeans"])[None, :]), middle)
    return b.op("Add", b.op("MatMul", rows, slopes), start)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], of M responses [N, M], by all components that were fitted, or ``ncomp``.

    predict() without ncomp gives an array of one matrix for each number of components; 'value' is the last of them.
    'transformed' are the scores of the components.
    """
    rows = predictors(scope, model)
    count = integer(model["ncomp"])
    value = response_of(scope, model, rows, count)
    scope.notes.append(f"'value' is predict(model, newdata, ncomp = {count})")
    scores = None
    projection = model.get("projection")
    if projection is not None and projection is not NULL:
        turn = as_array(projection).reshape(len(as_array(model["Xmeans"])), -1, order="F")
        centered = scope.builder.op("Sub", rows, constant(scope, as_array(model["Xmeans"])[None, :]))
        scores = scope.builder.op("MatMul", centered, scope.builder.constant(np.ascontiguousarray(turn)))
    single = len(as_array(model["Ymeans"])) == 1
    return Prediction(value=flat(scope, value) if single else value, transformed=scores, task="regressor")


def _with_components(model: RObject, value: Chosen) -> RObject:
    return with_elements(model, ncomp=count_up_to(value, integer(model["ncomp"])))


MODEL = Model(
    classes=["mvr"],
    package="pls",
    variables=_variables,
    convert=_convert,
    arguments={"ncomp": Argument(lambda model: f"1 to {integer(model['ncomp'])}", _with_components)},
    ask=with_matrices("""function(model, data, ncomp = model$ncomp) {
  made <- predict(model, data, ncomp = ncomp)
  list(value = matrix(made, nrow(made)), transformed = predict(model, data, type = "scores"))
}"""),
    source="pls/R/predict.mvr.R of 2.8, predict.mvr and coef.mvr",
)
