"""glmnet and cv.glmnet: linear predictors at one lambda, s (cv: lambda.1se when none is asked for), or along the path."""

from dataclasses import replace
from math import isfinite

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, expit, flat
from modelport.frontends.r._arguments import Argument, Chosen, with_elements
from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._labels import beyond_border, shares_by_exp
from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._glmnet import linear, path_of
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_variables
from modelport.frontends.r.serialize import RObject, RVector, as_array, classes, flag, number, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "emit_glmnet"]

_KINDS = ("elnet", "lognet", "multnet", "fishnet", "mrelnet", "coxnet", "glmnetfit")


def _fit(model: RObject) -> RObject:
    return model.get("glmnet.fit") or model


def _lambda(model: RObject) -> float | None:
    """lambda.1se of a cross-validation, or what caret's train() chose; None, all of them, of a path."""
    chosen = "lambda.1se" if "glmnet.fit" in model else "lambdaOpt"
    return number(model[chosen]) if chosen in model else None


def _takes(model: RObject) -> str:
    return "lambda.1se, lambda.min or a lambda" if "glmnet.fit" in model else "a lambda"


def _with_s(model: RObject, value: Chosen) -> RObject:
    """The object that predicts at this lambda by itself: a cross-validation's lambda.1se, caret's lambdaOpt of a path."""
    crossed = "glmnet.fit" in model
    if isinstance(value, str):
        if not crossed or value not in ("lambda.1se", "lambda.min"):
            raise ValueError(f"s = {value!r}")
        value = number(model[value])
    if not isfinite(value):
        raise ValueError(f"s = {value}")
    name = "lambda.1se" if crossed else "lambdaOpt"
    return with_elements(model, **{name: RVector("double", np.array([value]))})


def _kind(fit: RObject) -> str:
    return next((name for name in classes(fit) if name in _KINDS), "")


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    path = path_of(_fit(model))
    count = len(path.names)
    # glmnet itself names the columns of a matrix without names V1, V2 ….
    own = [] if path.names == [f"V{k + 1}" for k in range(count)] else path.names
    return matrix_variables(chosen_names(own, count, hints))


def emit_glmnet(scope: Scope, fit: RObject, s: float | None, columns: list[ir.Value]) -> Prediction:
    """What a glmnet predicts of columns [N, 1] at a lambda, or at each of its path.

    Shapes: N rows -> value, link [N]; along a path of L lambdas [N, L]; of K responses [N, K]; label [N], probability [N, C].
    Numerics: float64; k eps Σ|x·w|. A column without a coefficient is not read, so that its NA does not count, as in the
    sparse product of R.
    """
    path = path_of(fit)
    chosen = path.at(s)
    kind = _kind(fit)
    eta = [linear(scope, columns, beta) for beta in chosen]
    single = chosen[0].shape[1] == 1
    if kind == "multnet":
        return _classes(scope, tuple(texts(fit["classnames"])), concat(scope, eta))
    if kind == "mrelnet":
        value = concat(scope, eta)
        return Prediction(value=value)
    link = eta[0]
    shown = flat(scope, link) if single else link
    if kind == "lognet":
        levels = texts(fit["classnames"])
        probability = expit(scope, link)
        if single and len(levels) == 2:
            return _two(scope, (levels[0], levels[1]), probability, link)
        return Prediction(value=probability if not single else flat(scope, probability), link=shown)
    mean = link
    if kind in ("fishnet", "coxnet"):
        mean = scope.builder.op("Exp", link)
    elif kind == "glmnetfit":
        mean = inverse_link(scope, fit["family"], link)
    return Prediction(value=flat(scope, mean) if single else mean, link=shown)


def _two(scope: Scope, levels: tuple[str, str], probability: ir.Value, link: ir.Value) -> Prediction:
    """The second class where the link is above 0, as type = "class" says."""
    found = beyond_border(scope, levels, probability, link, 0.0)
    return replace(found, link=found.scores)


def _classes(scope: Scope, levels: tuple[str, ...], link: ir.Value) -> Prediction:
    """The label is that of the greatest link."""
    probability = shares_by_exp(scope, link)
    return Prediction(index=argmax(scope, link), scores=link, rule="argmax", classes=levels, probability=probability)


def _convert(scope: Scope, model: RObject) -> Prediction:
    columns = [scope.number(name) for name in scope.variables]
    return emit_glmnet(scope, _fit(model), _lambda(model), columns)


def _refuse(model: RObject) -> list[str]:
    fit = _fit(model)
    reasons = []
    kind = _kind(fit)
    if not kind:
        reasons.append(f"its class {' / '.join(classes(fit))} is none of {', '.join(_KINDS)}")
        return reasons
    offset = fit.get("offset")
    if offset is not None and len(as_array(offset)) and flag(offset):
        reasons.append("it was fitted with an offset, which R wants as 'newoffset' beside the rows")
    if kind == "glmnetfit":
        reasons += link_refusals(fit.get("family"))
    lambdas = len(as_array(fit["lambda"]))
    if kind in ("multnet", "mrelnet") and _lambda(model) is None and lambdas > 1:
        reasons.append(f"it is a path of {lambdas} lambdas with several columns each; ask for one: --argument s=LAMBDA")
    return reasons


MODEL = Model(
    classes=["glmnet", "cv.glmnet"],
    package="glmnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    under=_KINDS,
    arguments={"s": Argument(_takes, _with_s)},
    ask="""function(model, data, s = model$lambdaOpt, gamma = NULL) {
  x <- as.matrix(data)
  fit <- if (inherits(model, "cv.glmnet")) model$glmnet.fit else model
  more <- c(if (!is.null(s)) list(s = s), if (!is.null(gamma)) list(gamma = gamma))
  ask <- function(type) do.call(predict, c(list(model, x, type = type), more))
  link <- ask("link")
  value <- ask("response")
  if (inherits(fit, "multnet")) {
    value <- matrix(value, nrow(x))
    label <- as.vector(ask("class"))
    return(list(label = label, probability = value))
  }
  if (inherits(fit, "mrelnet")) return(list(value = matrix(value, nrow(x))))
  answer <- list(value = value, link = link)
  if (inherits(fit, "lognet") && ncol(value) == 1) {
    answer$label <- as.vector(ask("class"))
    answer$probability <- cbind(1 - value, value)
  }
  answer
}""",
    source="glmnet/R of 4.1-6, predict.glmnet and its methods, lambda.interp, predict.cv.glmnet",
)
