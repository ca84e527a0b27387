"""caret's avNNet: the mean of what nets of the same columns answer, each started at another place."""

from modelport.frontends._scores import argmax, flat, row_sum
from modelport.frontends.r._arithmetic import constant, either, missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._missing import any_missing, not_finite
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.models._nnet_units import unit_outputs, unit_reasons, unit_sizes
from modelport.frontends.r.serialize import RList, RObject, RStrings, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _nets(model: RObject) -> list[RObject]:
    given = model["model"]
    return list(given.values) if isinstance(given, RList) else []


def _levels(model: RObject) -> tuple[str, ...] | None:
    given = _nets(model)[0].get("lev")
    return tuple(texts(given)) if isinstance(given, RStrings) else None


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]; or label [N], the first of the greatest means, and probability [N, C], each mean's share.

    Numerics: the nets' own, a sum of them in order and one division. A row with NA or an infinite number is refused.
    """
    b = scope.builder
    nets = _nets(model)
    rows = model_rows(scope, model, unit_sizes(nets[0])[0])
    total = unit_outputs(scope, nets[0], rows)
    for net in nets[1:]:
        total = b.op("Add", total, unit_outputs(scope, net, rows))
    mean = b.op("Div", total, constant(scope, float(len(nets))))
    mean = missing_where(scope, either(scope, any_missing(scope), not_finite(scope, rows)), mean)
    levels = _levels(model)
    if levels is None:
        return Prediction(value=flat(scope, mean))
    return Prediction(
        index=argmax(scope, mean),
        scores=mean,
        rule="argmax",
        probability=b.op("Div", mean, row_sum(scope, mean, keep=True)),
        classes=levels,
    )


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    given = model.get("names")
    return model_variables(
        model, texts(given) if isinstance(given, RStrings) else [], unit_sizes(_nets(model)[0])[0], hints
    )


def _refuse(model: RObject) -> list[str]:
    nets = _nets(model)
    if not nets:
        return ["the object keeps no nets"]
    levels, outputs = _levels(model), unit_sizes(nets[0])[2]
    reasons = list(dict.fromkeys(reason for net in nets for reason in unit_reasons(net)))
    if len({unit_sizes(net)[::2] for net in nets}) > 1 or outputs != (1 if levels is None else len(levels)):
        reasons.append("its nets differ in their inputs or outputs")
    return reasons


MODEL = Model(
    classes=["avNNet"],
    package="caret",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  if (is.null(model$model[[1]]$lev)) return(list(value = predict(model, data)))
  list(label = as.character(predict(model, data, type = "class")), probability = predict(model, data, type = "prob"))
}""",
    under=["avNNet.formula"],
    attach=["nnet"],
    source="caret/R/avNNet.R of 6.0-93, predict.avNNet; nnet 7.3-18",
)
