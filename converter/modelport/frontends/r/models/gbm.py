"""gbm: trees of three ways added to a constant, and the link of the distribution."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import exp, expit, flat, softmax
from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._trees import TreeColumns, matrix_of, term_columns
from modelport.frontends.r.models._two_levels import named_levels
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RStrings,
    RVector,
    as_array,
    integer,
    number,
    text,
    texts,
)
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.gbm import gbm_trees
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N] and link [N]; of a multinomial label [N], probability and link [N, C].

    Numerics: sums of trees are exact, one by one from initF; probabilities within the stated ULP of exp.
    Missing values and levels that the fit has not seen go the way that each node has for them.
    """
    columns = _zero_based(scope, model, _columns(scope, model))
    classes = _classes(model)
    iterations = _iterations(model)
    trees = gbm_trees(model, str(columns.value.name), classes, iterations)
    link = scope.forest(trees, columns.value, columns.origins)
    scope.notes.append(
        f"{iterations} of {integer(model['n.trees'])} trees; predict() without n.trees takes those of the least error"
    )
    scope.notes.append("a number that is NaN but not NA goes right in R; here both are missing")
    if _distribution(model) == "multinomial":
        return replace(first_of_greatest(scope, softmax(scope, link), texts(model["classes"])), link=link)
    mean = _response(scope, _distribution(model), link)
    named = named_levels(scope, mean, link) if _distribution(model) in ("bernoulli", "adaboost") else None
    return named or Prediction(value=flat(scope, mean), link=flat(scope, link))


def _response(scope: Scope, distribution: str, link: ir.Value) -> ir.Value:
    if distribution in ("bernoulli", "pairwise"):
        return expit(scope, link)
    if distribution == "adaboost":
        # 2x is exact.
        return expit(scope, scope.builder.op("Mul", constant(scope, 2.0), link))
    return exp(scope, link) if distribution == "poisson" else link


def _distribution(model: RObject) -> str:
    given = model["distribution"]
    return text(given["name"]) if "name" in given else text(given)


def _classes(model: RObject) -> int:
    given = model.get("num.classes")
    return 1 if given is None or given is NULL else integer(given)


def _iterations(model: RObject) -> int:
    """The trees that predict() takes when none are asked for: the best on the test part, of cross-validation, or all."""
    most = integer(model["n.trees"])
    errors = None
    if number(model["train.fraction"]) < 1:
        errors = model.get("valid.error")
    elif model.get("cv.error") not in (None, NULL):
        errors = model.get("cv.error")
    if errors is None or errors is NULL:
        return min(len(as_array(model["train.error"])), most)
    values = as_array(errors)
    if np.isnan(values).all():
        return most
    return min(int(np.nanargmin(values)) + 1, most)


def _with_trees(model: RObject, value: Chosen) -> RObject:
    """The object that has no errors to choose by, and as many trees."""
    count = count_up_to(value, integer(model["n.trees"]))
    whole = RVector("double", np.ones(1))
    return with_elements(model, **{"n.trees": count, "train.fraction": whole, "cv.error": NULL})


def _columns(scope: Scope, model: RObject) -> TreeColumns:
    own = texts(model["var.names"])
    frame = _frame(model)
    return matrix_of(scope, own) if frame is None else term_columns(scope, frame, own, computed_missing=False)


def _zero_based(scope: Scope, model: RObject, columns: TreeColumns) -> TreeColumns:
    """Ordered factors are numbers from 0 on; the levels of others stay counted from 1, as the sets have them."""
    kinds = as_array(model["var.type"])
    levels = _levels(model)
    shift = np.array([[float(kind == 0 and name in levels) for kind, name in zip(kinds, columns.names, strict=True)]])
    if not shift.any():
        return columns
    return TreeColumns(
        scope.builder.op("Sub", columns.value, constant(scope, shift)),
        columns.names,
        tuple(None if moved else origin for moved, origin in zip(shift[0].tolist(), columns.origins, strict=True)),
    )


def _frame(model: RObject) -> Frame | None:
    terms = model.get("Terms")
    return Frame(terms, _levels(model)) if isinstance(terms, RPairs) else None


def _levels(model: RObject) -> dict[str, tuple[str, ...]]:
    given = model["var.levels"]
    parts = given.values if isinstance(given, RList) else []
    own = texts(model["var.names"])
    return {n: tuple(texts(v)) for n, v in zip(own, parts, strict=False) if isinstance(v, RStrings)}


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    frame = _frame(model)
    if frame is not None:
        return frame.variables(hints)
    levels = _levels(model)
    kinds = as_array(model["var.type"]).tolist()
    return [
        Variable(name, ("ordered" if kind == 0 else "factor") if name in levels else "number", levels.get(name))
        for name, kind in zip(texts(model["var.names"]), kinds, strict=True)
    ]


def _refuse(model: RObject) -> list[str]:
    if "trees" not in model or model["trees"] is NULL:
        return ["the object keeps no trees; fit it with keep.data or save the whole object"]
    own = texts(model["var.names"])
    frame = _frame(model)
    if frame is None:
        return []
    return [
        f"the term {name!r} is no column of its own, so that predict() does not find it; write it without an interaction"
        for name in own
        if name not in frame.expressions
    ]


_ASK = """function(model, data, n.trees = NULL, named = NULL) {
  asked <- if (!is.null(n.trees)) list(n.trees = n.trees)
  ask <- function(type) suppressMessages(do.call(predict, c(list(model, quote(data), type = type), asked)))
  data <- data[, , drop = FALSE]
  if (is.null(model$Terms)) data <- data[, model$var.names, drop = FALSE]
  given <- ask("response")
  link <- ask("link")
  if (model$distribution$name != "multinomial") {
    answer <- list(value = given, link = link)
    if (is.null(named)) return(answer)
    return(c(answer, list(label = named[1 + (given > 0.5)], probability = cbind(1 - given, given))))
  }
  given <- matrix(given, nrow(data))
  list(label = model$classes[max.col(given, "first")], probability = given, link = matrix(link, nrow(data)))
}"""

MODEL = Model(
    classes=["gbm"],
    package="gbm",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    arguments={"n.trees": Argument(lambda model: f"1 to {integer(model['n.trees'])}", _with_trees)},
    ask=_ASK,
    source="gbm 2.1.8.1, predict.gbm; gbmentry.cpp gbm_pred",
)
