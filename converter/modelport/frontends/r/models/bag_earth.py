"""caret's bagEarth: the mean of what models of earth answer, each fitted to rows drawn anew."""

import onnx_ir as ir

from modelport.frontends._scores import argmax, column, flat, row_sum
from modelport.frontends.r._arithmetic import constant, is_nan, negated, to_number, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._data_frame import data_frame_of
from modelport.frontends.r.models._inner_model import inner_prediction, inner_reasons, inner_variables
from modelport.frontends.r.serialize import RBytecode, RClosure, RList, RObject, RStrings, classes, texts
from modelport.frontends.r.terms.calls import deparse
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_WHERE = "$fit"


def _fits(model: RObject) -> list[RObject]:
    given = model["fit"]
    return list(given.values) if isinstance(given, RList) else []


def _levels(model: RObject) -> tuple[str, ...] | None:
    given = model.get("levels")
    return tuple(texts(given)) if isinstance(given, RStrings) else None


def _answers(scope: Scope, model: RObject, levels: tuple[str, ...] | None) -> list[ir.Value]:
    """[N, 1] of each earth, or [N, C] of several classes."""
    frame = data_frame_of(scope)
    found = []
    for fit in _fits(model):
        one = inner_prediction(scope, fit, _WHERE, frame)
        value = one.probability if levels is not None and len(levels) > 2 else one.value
        assert value is not None
        found.append(value if levels is not None and len(levels) > 2 else column(scope, value))
    return found


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]; or label [N], the first of the greatest shares, and probability [N, C].

    Numerics: those of earth, a sum in order and one division. Of numbers the mean leaves out earths that answer NaN.
    Of two classes caret gives the probability of the second level to the first: so does this.
    """
    b = scope.builder
    levels = _levels(model)
    answers = _answers(scope, model, levels)
    if levels is None:
        return Prediction(value=flat(scope, _mean_of_known(scope, answers)))
    if len(levels) == 2:
        scope.notes.append(
            f"caret 6.0-93 gives what its models say of {levels[1]!r} as the probability of {levels[0]!r}; so does this"
        )
    count = constant(scope, float(len(answers)))
    means = b.op("Div", _sum(scope, answers), count)
    if len(levels) == 2:
        others = [b.op("Sub", constant(scope, 1.0), answer) for answer in answers]
        means = b.op("Concat", means, b.op("Div", _sum(scope, others), count), axis=1)
    shares = b.op("Div", means, row_sum(scope, means, keep=True))
    return Prediction(index=argmax(scope, shares), scores=shares, rule="argmax", probability=shares, classes=levels)


def _sum(scope: Scope, parts: list[ir.Value]) -> ir.Value:
    total = parts[0]
    for part in parts[1:]:
        total = scope.builder.op("Add", total, part)
    return total


def _mean_of_known(scope: Scope, answers: list[ir.Value]) -> ir.Value:
    """mean(na.rm = TRUE): NaN where all are."""
    gaps = [is_nan(scope, answer) for answer in answers]
    zero = constant(scope, 0.0)
    total = _sum(scope, [where(scope, gap, zero, answer) for gap, answer in zip(gaps, answers, strict=True)])
    count = _sum(scope, [to_number(scope, negated(scope, gap)) for gap in gaps])
    return scope.builder.op("Div", total, count)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return list(inner_variables(_fits(model)[0], _WHERE, hints)[1])


def _refuse(model: RObject) -> list[str]:
    fits = _fits(model)
    if not fits or not all("earth" in classes(fit) for fit in fits):
        return ["the object keeps no models of earth"]
    reasons = list(dict.fromkeys(reason for fit in fits for reason in inner_reasons(fit, _WHERE)))
    summary = model.get("summary")
    body = summary.body if isinstance(summary, RClosure) else None
    body = body.expression if isinstance(body, RBytecode) else body
    if body is None or deparse(body).replace("'", '"') != 'UseMethod("mean")':
        reasons.append("its answers are put together by another function than mean()")
    levels = _levels(model)
    if levels is not None and not all(isinstance(fit.get("glm.list"), RList) for fit in fits):
        reasons.append("it has classes, and its models of earth no glm")
    return reasons


MODEL = Model(
    classes=["bagEarth"],
    package="caret",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  if (all(is.na(model$levels))) return(list(value = predict(model, data)))
  list(label = as.character(predict(model, data)), probability = as.matrix(predict(model, data, type = "prob")))
}""",
    attach=["earth"],
    source="caret/R/bagEarth.R of 6.0-93, predict.bagEarth and aggregate_pred",
)
