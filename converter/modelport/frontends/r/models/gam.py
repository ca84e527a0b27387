"""gam and bam of mgcv: parametric terms, smooths as columns of the model matrix, and the family's link."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import concat, constant, either, is_nan, missing_where
from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._smooths import smooth_block, smooth_reasons
from modelport.frontends.r.models._two_levels import binomial, response_levels
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RSymbol,
    as_array,
    classes,
    integer,
    is_factor,
    names,
    text,
    texts,
)
from modelport.frontends.r.terms.calls import variables_in
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.design import design_of, offset_of
from modelport.frontends.r.terms.frame import Frame, frame_of
from modelport.frontends.r.terms.values import Term
from modelport.ir.contract import MISSING_STRING
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL = ir.DataType.BOOL
# Families whose prediction of the response is more than the inverse link of one linear predictor.
_OTHER = (
    "ocat",
    "Ordered Categorical",
    "ziP",
    "zero inflated",
    "multinom",
    "cox.ph",
    "Cox PH",
    "gaulss",
    "mvn",
    "ziplss",
)


def _frame(model: RObject) -> Frame:
    """The frame of all terms; levels of factors in smooths stand in the summary of the variables, or in the model frame."""
    found = frame_of(model)
    levels = dict(found.xlevels)
    for name in ("var.summary", "model"):
        table = model.get(name)
        if not isinstance(table, RList):
            continue
        for label, column in zip(names(table), table, strict=True):
            if is_factor(column):
                levels.setdefault(label, tuple(texts(column.attributes["levels"])))
    return replace(found, xlevels=levels)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return _frame(model).variables(hints)


def _smooths(model: RObject) -> list[RObject]:
    given = model.get("smooth")
    return list(given.values) if isinstance(given, RList) else []


def _lookup(scope: Scope, frame: Frame) -> "_Lookup":
    return _Lookup(Compiler(scope, frame.constants), frame)


class _Lookup:
    """A variable of the model frame by its text, or a plain column."""

    def __init__(self, compiler: Compiler, frame: Frame) -> None:
        self._compiler, self._frame = compiler, frame

    def __call__(self, label: str) -> Term:
        node = self._frame.expressions.get(label)
        return self._compiler.compile(RSymbol(label) if node is None else node)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value and link [N]; of a binomial factor label [N] and probability [N, 2].

    Numerics: the columns as PredictMat makes them, their constraints as products of matrices, then X %*% beta.
    A row with NA in any variable, or a level that the fit has not seen, gives NA; in random effects alone such a level is 0.
    """
    b = scope.builder
    frame = _frame(model)
    coefficients = as_array(model["coefficients"])
    parametric = Frame(model["pterms"], frame.xlevels, frame.contrasts)
    design = design_of(scope, parametric)
    parts = [design.matrix()] if design.columns else []
    places = list(range(len(design.columns)))
    lookup = _lookup(scope, frame)
    for smooth in _smooths(model):
        scope.overflows_early = True
        block = smooth_block(scope, smooth, lookup, frame)
        first, last = integer(smooth["first.para"]), integer(smooth["last.para"])
        if last - first + 1 != block.width:
            raise UnsupportedModelError(
                f"smooth {text(smooth['label'])} has {block.width} columns and {last - first + 1} coefficients",
                where="$smooth",
                fix="report the model: a basis is not read as mgcv makes it",
            )
        parts.append(block.value)
        places += range(first - 1, last)
    weights = coefficients[places]
    eta = b.op("MatMul", concat(scope, parts), constant(scope, weights[:, None]))
    offset = offset_of(scope, frame)
    eta = eta if offset is None else b.op("Add", eta, offset)
    gaps = _gaps(scope, _unshared(model) | _inside_calls(scope, model))
    eta = missing_where(scope, either(scope, *gaps), eta) if gaps else eta
    mean = inverse_link(scope, model["family"], eta)
    return binomial(scope, model["family"], response_levels(model, frame), mean, eta)


def _unshared(model: RObject) -> set[str]:
    """Names that stand in random effects only: there a level that the fit has not seen counts nothing."""
    inside: set[str] = set()
    elsewhere = {name for node in Frame(model["pterms"]).expressions.values() for name in variables_in(node)}
    for smooth in _smooths(model):
        random = "random.effect" in classes(smooth)
        (inside if random else elsewhere).update(texts(smooth["term"]))
        elsewhere.add(text(smooth["by"]))
    return inside - elsewhere


def _inside_calls(scope: Scope, model: RObject) -> set[str]:
    """Names that are no column of the model frame: an expression says what it makes of a level that the fit has not seen."""
    frame = model.get("model")
    return set(scope.variables) - set(names(frame)) if isinstance(frame, RList) else set()


def _gaps(scope: Scope, unshared: Collection[str]) -> list[ir.Value]:
    """bool [N, 1] for each variable: where it is NA, or of a level that counts as NA."""
    b = scope.builder
    found = []
    for name, variable in scope.variables.items():
        value = scope.inputs[name]
        if variable.is_text and variable.levels is not None and name not in unshared:
            place = b.op("Reshape", scope.code(name), b.constant(np.array([-1, 1], dtype=np.int64)))
            unseen = b.constant(np.array([len(variable.levels)], dtype=np.int64))
            found.append(b.op("Equal", place, unseen, dtype=_BOOL))
        elif variable.is_text:
            found.append(b.op("Equal", value, b.constant([MISSING_STRING]), dtype=_BOOL))
        else:
            found.append(is_nan(scope, value))
    return found


def _refuse(model: RObject) -> list[str]:
    reasons = [reason for smooth in _smooths(model) for reason in smooth_reasons(smooth)]
    family = model.get("family")
    name = text(family["family"]) if family is not None and "family" in family else ""
    if any(name.startswith(other) for other in _OTHER) or not isinstance(model.get("pterms"), RPairs):
        reasons.append(f"family {name!r}: its prediction is more than one linear predictor and a link")
    else:
        reasons += link_refusals(family)
    discrete = model.get("dinfo")
    if discrete is not None and discrete is not NULL:
        reasons.append("bam(discrete = TRUE): its predict() rounds covariates to a grid of the new data")
    return reasons


MODEL = Model(
    classes=["gam"],
    package="mgcv",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data, named = NULL) {
  # A level that the fit has not seen moves the rows behind it, but in random effects; what is NA in a parametric term
  # loses its row there, but not in the smooths: predict() is asked of the other rows only.
  random <- vapply(model$smooth, inherits, NA, "random.effect")
  inside <- unlist(lapply(model$smooth[random], `[[`, "term"))
  elsewhere <- c(all.vars(delete.response(model$pterms)), unlist(lapply(model$smooth[!random], `[[`, "term")),
    unlist(lapply(model$smooth, `[[`, "by")))
  own <- intersect(all.vars(delete.response(model$terms)), names(data))
  seen <- if (length(own)) complete.cases(data[own]) else rep(TRUE, nrow(data))
  for (name in setdiff(names(Filter(is.factor, model$model)), setdiff(inside, elsewhere))) {
    if (name %in% own) seen <- seen & as.character(data[[name]]) %in% levels(model$model[[name]])
  }
  if (any(seen)) {
    left <- model.frame(delete.response(model$pterms), data[seen, , drop = FALSE], na.action = na.omit, xlev = model$xlevels)
    seen[which(seen)[attr(left, "na.action")]] <- FALSE
  }
  of <- function(type) {
    found <- rep(NA_real_, nrow(data))
    if (any(seen)) found[seen] <- as.numeric(predict(model, data[seen, , drop = FALSE], type = type))
    found
  }
  value <- of("response")
  answer <- list(value = value, link = of("link"))
  response <- model$model[[1]]
  levels <- if (is.factor(response)) levels(response) else if (is.logical(response)) c("FALSE", "TRUE") else named
  if (length(levels) == 2 && grepl("binomial", model$family$family) && !grepl("Negative", model$family$family)) {
    answer$label <- levels[1 + (value > 0.5)]
    answer$probability <- cbind(1 - value, value)
  }
  answer
}""",
    under=["bam"],
    refuse=_refuse,
    source="mgcv/R/mgcv.r and smooth.r of 1.8, predict.gam, PredictMat and Predict.matrix; mgcv/src/tprs.c and mgcv.c",
)
