"""e1071's svm: libsvm's sums over support vectors, its votes, and its coupled probabilities."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._coupling import coupled, kept_apart, pairs, sigmoids, votes
from modelport.frontends._scores import argmax, flat
from modelport.frontends.r._arithmetic import concat, constant, either, missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._kernel_levels import formula_rows, formula_variables
from modelport.frontends.r.models._kernels import KERNELS, libsvm_kernel
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.models._missing import any_missing, not_finite
from modelport.frontends.r.serialize import (
    NULL,
    RObject,
    RStrings,
    RVector,
    as_array,
    classes,
    flag,
    integer,
    matrix,
    number,
    texts,
)
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]

_CLASSIFIERS, _ONE_CLASS = (0, 1), 2


def _vectors(model: RObject) -> tuple[Array, list[str]]:
    """[M, F] and the names of the columns; of SparseM's matrix.csr as a plain matrix."""
    given = model["SV"]
    if isinstance(given, RVector):
        found = matrix(given)
        return found.values, found.columns
    shape = as_array(given["dimension"]).astype(np.int64)
    values, columns = as_array(given["ra"]), as_array(given["ja"]).astype(np.int64) - 1
    starts = as_array(given["ia"]).astype(np.int64) - 1
    dense = np.zeros((int(shape[0]), int(shape[1])))
    dense[np.repeat(np.arange(len(dense)), np.diff(starts)), columns] = values
    return dense, []


def _is_formula(model: RObject) -> bool:
    return "svm.formula" in classes(model)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    vectors, columns = _vectors(model)
    if _is_formula(model):
        return formula_variables(frame_of(model), columns, hints)
    return matrix_variables(chosen_names(columns, vectors.shape[1], hints))


def _rows(scope: Scope, model: RObject) -> ir.Value:
    """float64 [N, F]: the design matrix of the formula, or the columns of the matrix."""
    if _is_formula(model):
        return formula_rows(scope, frame_of(model), _vectors(model)[1])
    return matrix_rows(scope, list(scope.variables))


def _scaled(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """scale(): the centre taken off, then divided, of the columns that were scaled."""
    scaled = as_array(model["scaled"]) != 0
    if not scaled.any():
        return rows
    b = scope.builder
    count = _vectors(model)[0].shape[1]
    chosen = np.flatnonzero(np.resize(scaled, count))
    center, spread = np.zeros(count), np.ones(count)
    center[chosen] = as_array(model["x.scale"]["scaled:center"])
    spread[chosen] = as_array(model["x.scale"]["scaled:scale"])
    return b.op("Div", b.op("Sub", rows, b.constant(center)), b.constant(spread))


def _decision_values(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """[N, F] -> [N, P]: Σ coefficient·kernel - rho of each pair of classes, or the one of a regression."""
    b = scope.builder
    vectors, _ = _vectors(model)
    kernel = libsvm_kernel(
        scope,
        rows,
        vectors,
        KERNELS[integer(model["kernel"])],
        gamma=number(model["gamma"]),
        coef0=number(model["coef0"]),
        degree=integer(model["degree"]),
    )
    dual = matrix(model["coefs"]).values
    weights = dual[:, :1]
    if integer(model["type"]) in _CLASSIFIERS:
        counts = as_array(model["nSV"]).astype(np.int64)
        owner = np.repeat(np.arange(len(counts)), counts)
        found = [
            np.where(owner == i, dual[:, j - 1], np.where(owner == j, dual[:, i], 0.0)) for i, j in pairs(len(counts))
        ]
        weights = np.stack(found, axis=1)
    rho = as_array(model["rho"])[: weights.shape[1]]
    return b.op("Sub", b.op("MatMul", kernel, b.constant(np.ascontiguousarray(weights))), b.constant(rho))


def _shares(scope: Scope, values: ir.Value, slopes: Array, offsets: Array, count: int) -> ir.Value:
    """[N, P] -> [N, C] in the order of the labels; of two classes the one sigmoid as it is."""
    if count > 2:
        return coupled(scope, values, slopes, offsets, count)
    scope.notes.append(
        "the probabilities of two classes are those of e1071 since 1.7-7; before, they were rounded by up to 0.0025"
    )
    first = kept_apart(scope, sigmoids(scope, values, slopes, offsets))
    return concat(scope, [first, scope.builder.op("Sub", constant(scope, 1.0), first)])


def _classified(scope: Scope, model: RObject, values: ir.Value, missing: ir.Value) -> Prediction:
    """Votes of the pairs in libsvm's order of the classes; probabilities in R's order of the levels."""
    b = scope.builder
    labels = as_array(model["labels"]).astype(np.int64) - 1
    levels = texts(model["levels"])
    order = np.argsort(labels)
    rank = np.argsort(order)
    above = b.op("Greater", values, b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
    counted = missing_where(scope, missing, votes(scope, above, len(labels)))
    probability = None
    if flag(model["compprob"]) and isinstance(model["probA"], RVector):
        shares = _shares(scope, values, as_array(model["probA"]), as_array(model["probB"]), len(labels))
        shares = b.op("Gather", shares, b.constant(order.astype(np.int64)), axis=1)
        probability = missing_where(scope, missing, shares)
    return Prediction(
        index=b.op("Gather", b.constant(rank.astype(np.int64)), argmax(scope, counted), axis=0),
        scores=counted,
        rule="argmax",
        places=tuple(int(place) for place in rank),
        classes=tuple(levels[labels[place]] for place in order),
        score=flat(scope, values) if len(labels) == 2 else values,
        probability=probability,
        by_class=False,
    )


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], score [N] or [N, P], probability [N, C]; value [N]; one class: label, score [N].

    Numerics: float64; M eps Σ|a·k| of the sum over support vectors and what the kernel carries.
    A row with a missing column is dropped by R, one with an infinite one refused. Score is the
    decision value of each pair of classes, in R's order.
    """
    b = scope.builder
    rows = _scaled(scope, model, _rows(scope, model))
    missing = either(scope, any_missing(scope), not_finite(scope, rows))
    values = _decision_values(scope, model, rows)
    values = missing_where(scope, missing, values)
    kind = integer(model["type"])
    if kind in _CLASSIFIERS:
        return _classified(scope, model, values, missing)
    single = flat(scope, values)
    if kind == _ONE_CLASS:
        inside = b.op("Greater", single, b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
        index = b.cast(inside, ir.DataType.INT64)
        return Prediction(
            index=index, scores=single, rule="positive", score=single, classes=(False, True), task="outlier_detector"
        )
    scale = model.get("y.scale", NULL)
    if scale is not None and scale is not NULL and as_array(model["scaled"]).any():
        spread, center = number(scale["scaled:scale"]), number(scale["scaled:center"])
        single = b.op("Add", b.op("Mul", single, b.constant(np.asarray(spread))), b.constant(np.asarray(center)))
    return Prediction(value=single)


def _refuse(model: RObject) -> list[str]:
    reasons = []
    if integer(model["tot.nSV"]) < 1:
        reasons.append("it has no support vector, and R refuses to predict: 'Model is empty!'")
    if integer(model["kernel"]) >= len(KERNELS):
        reasons.append(f"kernel number {integer(model['kernel'])}, which e1071 does not have")
    if integer(model["type"]) in _CLASSIFIERS:
        if not isinstance(model["levels"], RStrings):
            reasons.append("a classifier without levels")
        if integer(model["nclasses"]) < 2:
            reasons.append("one class only")
    return reasons


MODEL = Model(
    classes=["svm", "svm.formula"],
    package="e1071",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  given <- predict(model, data, decision.values = TRUE)
  if (model$type > 2) return(list(value = as.vector(given)))
  answer <- list(label = as.character(given), score = attr(given, "decision.values"))
  if (model$type < 2 && isTRUE(model$compprob)) {
    shares <- attr(predict(model, data, probability = TRUE), "probabilities")
    answer$probability <- shares[, order(model$labels), drop = FALSE]
  }
  answer
}""",
    source="e1071/R/svm.R and src/svm.cpp of 1.7, predict.svm, svm_predict_values, svm_predict_probability",
)
