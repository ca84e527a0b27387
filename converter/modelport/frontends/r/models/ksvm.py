"""kernlab's ksvm: sums over support vectors, votes of pairs or of all classes, coupled probabilities."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._coupling import sigmoids
from modelport.frontends._scores import argmax, column, flat, row_sum
from modelport.frontends.r._arithmetic import concat, constant, either, is_nan, missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._kernel_levels import formula_rows, formula_variables
from modelport.frontends.r.models._kernlab import KERNELS, weighted_kernel
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.models._minpair import minpair
from modelport.frontends.r.models._missing import any_missing
from modelport.frontends.r.serialize import (
    Matrix,
    RList,
    RObject,
    RPairs,
    RStrings,
    RVector,
    as_array,
    classes,
    integer,
    matrix,
    number,
    text,
    texts,
)
from modelport.frontends.r.terms.frame import Frame
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]

_PAIRS = ("C-svc", "nu-svc", "C-bsvc")
_ALL = ("spoc-svc", "kbb-svc")
_NUMBERS = ("eps-svr", "nu-svr", "eps-bsvr")
# Beyond it kernlab fills its splines by blocks of rows that it counts as vectors.
_BLOCK = 256


def _first_vectors(model: RObject) -> Matrix:
    given = model["xmatrix"]
    return matrix(given.values[0] if isinstance(given, RList) else given)


def _parts(given: RObject) -> list[RObject]:
    """A list of one part a pair or class; older objects of two classes hold the part itself."""
    return list(given.values) if isinstance(given, RList) else [given]


def _frame(model: RObject) -> Frame | None:
    terms = model.get("terms")
    return Frame(terms) if isinstance(terms, RPairs) else None


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    vectors = _first_vectors(model)
    frame = _frame(model)
    if frame is not None:
        return formula_variables(frame, vectors.columns, hints)
    return matrix_variables(chosen_names(vectors.columns, vectors.values.shape[1], hints))


def _rows(scope: Scope, model: RObject) -> ir.Value:
    """float64 [N, F], the columns that were scaled scaled again."""
    b = scope.builder
    vectors = _first_vectors(model)
    frame = _frame(model)
    rows = matrix_rows(scope, list(scope.variables)) if frame is None else formula_rows(scope, frame, vectors.columns)
    scaling = model.get("scaling")
    if not isinstance(scaling, RList) or "x.scale" not in scaling:
        return rows
    count = vectors.values.shape[1]
    chosen = np.flatnonzero(np.resize(as_array(scaling["scaled"]) != 0, count))
    center, spread = np.zeros(count), np.ones(count)
    center[chosen] = as_array(scaling["x.scale"]["scaled:center"])
    spread[chosen] = as_array(scaling["x.scale"]["scaled:scale"])
    return b.op("Div", b.op("Sub", rows, b.constant(center)), b.constant(spread))


def _single(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """[N]: the one sum of a regression or of one class, less b."""
    weights = as_array(model["coef"]).reshape(-1, 1)
    value = weighted_kernel(scope, model["kernelf"], rows, matrix(model["xmatrix"]).values, weights)
    return flat(scope, scope.builder.op("Sub", value, constant(scope, number(model["b"]))))


def _by_pairs(scope: Scope, model: RObject, rows: ir.Value, count: int) -> tuple[ir.Value, ir.Value]:
    """[N, P] decision values, and [N, C] votes: below 0 for the first class of the pair, above 0 for the second."""
    b = scope.builder
    offsets = as_array(model["b"])
    values: list[ir.Value] = []
    for p, (vectors, weights) in enumerate(zip(_parts(model["xmatrix"]), _parts(model["coef"]), strict=True)):
        total = weighted_kernel(scope, model["kernelf"], rows, matrix(vectors).values, as_array(weights).reshape(-1, 1))
        values.append(b.op("Sub", total, constant(scope, float(offsets[p]))))
    joined = concat(scope, values)
    zero = constant(scope, 0.0)
    below = b.cast(b.op("Less", joined, zero, dtype=ir.DataType.BOOL), ir.DataType.INT64)
    above = b.cast(b.op("Greater", joined, zero, dtype=ir.DataType.BOOL), ir.DataType.INT64)
    both = b.op("Concat", below, above, axis=1)
    order = [(i, j) for i in range(count) for j in range(i + 1, count)]
    votes = []
    for own in range(count):
        places = [p for p, (i, _) in enumerate(order) if i == own]
        places += [len(order) + p for p, (_, j) in enumerate(order) if j == own]
        chosen = b.op("Gather", both, b.constant(np.array(places, dtype=np.int64)), axis=1)
        votes.append(b.op("ReduceSum", chosen, b.constant(np.array([1], dtype=np.int64)), keepdims=1))
    return joined, b.cast(concat(scope, votes), ir.DataType.DOUBLE)


def _of_all(scope: Scope, model: RObject, rows: ir.Value, count: int) -> ir.Value:
    """[N, C]: spoc adds each class's own sum, kbb sums of the multipliers of all."""
    b = scope.builder
    vectors = matrix(model["xmatrix"]).values
    places = [as_array(part).astype(np.int64) - 1 for part in _parts(model["alphaindex"])]
    weights, fixed = np.zeros((len(vectors), count)), np.zeros(count)
    if text(model["type"]) == "spoc-svc":
        for k, coefficients in enumerate(_parts(model["coef"])):
            weights[places[k], k] += as_array(coefficients)
        return weighted_kernel(scope, model["kernelf"], rows, vectors, weights)
    alpha = matrix(model["alpha"]).values
    whole = alpha.sum(axis=1)
    for i, own in enumerate(places):
        weights[own, i] += whole[own]
        fixed[i] += whole[own].sum()
        for k in [*range(i), *range(i + 1, count)]:
            part = alpha[own, k if k < i else k - 1]
            weights[own, k] -= part
            fixed[k] -= part.sum()
    value = weighted_kernel(scope, model["kernelf"], rows, vectors, weights)
    ones = b.op("MatMul", b.constant(np.ones((1, len(vectors)))), b.constant(weights))
    return b.op("Add", value, ones)


def _classified(scope: Scope, model: RObject, rows: ir.Value, missing: ir.Value) -> Prediction:
    b = scope.builder
    count = integer(model["nclass"])
    given = model["lev"]
    levels = tuple(texts(given)) if isinstance(given, RStrings) else tuple(int(v) for v in as_array(given))
    if text(model["type"]) in _ALL:
        scores = missing_where(scope, missing, _of_all(scope, model, rows, count))
        return Prediction(index=argmax(scope, scores), scores=scores, rule="argmax", classes=levels)
    values, votes = _by_pairs(scope, model, rows, count)
    # A decision value that is NaN stops R, where rows beside it have a vote: no subscript may be NA.
    unknown = either(scope, missing, is_nan(scope, row_sum(scope, values, keep=True)))
    scores = missing_where(scope, unknown, votes)
    probability = None
    models = model.get("prob.model")
    if isinstance(models, RList) and models.values and isinstance(models.values[0], RList):
        slopes = np.array([number(part["A"]) for part in models])
        offsets = np.array([number(part["B"]) for part in models])
        first = b.op("Sub", constant(scope, 1.0), sigmoids(scope, values, slopes, offsets))
        probability = missing_where(scope, unknown, minpair(scope, first, count))
    values = missing_where(scope, unknown, values)
    return Prediction(
        index=argmax(scope, scores),
        scores=scores,
        rule="argmax",
        classes=levels,
        score=flat(scope, values) if count == 2 else values,
        probability=probability,
        by_class=False,
    )


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], score [N] or [N, P], probability [N, C]; value [N]; one class: label, score [N].

    Numerics: float64; distances as 2·x·y - Σy² - Σx², whose cancellation is kernlab's own, and M eps Σ|a·k| of the sum.
    With a formula a row with a missing column is dropped; score is the decision value of each pair, in R's order.
    """
    b = scope.builder
    rows = _rows(scope, model)
    missing = any_missing(scope)
    kind = text(model["type"])
    if kind in (*_PAIRS, *_ALL):
        return _classified(scope, model, rows, missing)
    single = flat(scope, missing_where(scope, missing, column(scope, _single(scope, model, rows))))
    if kind == "one-svc":
        inside = b.op("Greater", single, constant(scope, 0.0), dtype=ir.DataType.BOOL)
        return Prediction(
            index=b.cast(inside, ir.DataType.INT64),
            scores=single,
            rule="positive",
            score=single,
            classes=(False, True),
            task="outlier_detector",
        )
    scaling = model.get("scaling")
    scale = scaling.get("y.scale") if isinstance(scaling, RList) else None
    if isinstance(scale, RList):
        spread, center = number(scale["scaled:scale"]), number(scale["scaled:center"])
        single = b.op("Add", b.op("Mul", single, constant(scope, spread)), constant(scope, center))
    return Prediction(value=single)


def _refuse(model: RObject) -> list[str]:
    reasons = []
    kernel = classes(model["kernelf"])[0]
    kind = text(model["type"])
    if kernel not in KERNELS and kernel != "vanillakernel":
        what = {
            "besselkernel": "the Bessel kernel, for which no target has a function",
            "stringkernel": "a string kernel",
        }
        known = ", ".join((*(name.removesuffix("kernel") for name in KERNELS), "vanilla"))
        reasons.append(f"{what.get(kernel, f'the kernel {kernel!r}, an R function of its own')} (known: {known})")
    if kind not in (*_PAIRS, *_ALL, *_NUMBERS, "one-svc"):
        reasons.append(f"type {kind!r}")
    given = model["xmatrix"]
    if not isinstance(given.values[0] if isinstance(given, RList) and given.values else given, RVector):
        reasons.append("it was fitted on a kernel matrix or on a list, and holds no support vectors to compare with")
    elif kernel == "splinekernel" and len(_first_vectors(model).values) >= _BLOCK:
        reasons.append(f"the spline kernel with {_BLOCK} or more support vectors, which kernlab mixes up")
    return reasons


MODEL = Model(
    classes=["ksvm"],
    package="kernlab",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  rows <- if (is.null(model@terms)) as.matrix(data) else data
  given <- predict(model, rows)
  kind <- model@type
  if (kind %in% c("eps-svr", "nu-svr", "eps-bsvr")) return(list(value = as.vector(given)))
  answer <- list(label = as.character(given))
  if (!kind %in% c("spoc-svc", "kbb-svc")) answer$score <- predict(model, rows, type = "decision")
  if (kind != "one-svc" && anyNA(answer$score)) stop("NAs are not allowed in subscripted assignments")
  if (kind != "one-svc" && !is.null(model@prob.model[[1]])) answer$probability <- predict(model, rows, type = "probabilities")
  answer
}""",
    source="kernlab/R/ksvm.R, kernels.R and couplers.R of 0.9-32, predict, kernelMult, minpair",
)
