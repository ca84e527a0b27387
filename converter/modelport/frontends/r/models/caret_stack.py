"""caretEnsemble's caretStack and caretEnsemble: what models of caret predict, put together by another of them, or by weights."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import concat, constant, missing_where
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._caret_list import (
    list_columns,
    list_packages,
    list_reasons,
    list_variables,
    members_of,
    without_answer,
)
from modelport.frontends.r.models._caret_train import is_regression, train_levels
from modelport.frontends.r.models._inner_model import inner_packages, inner_prediction, inner_reasons
from modelport.frontends.r.models._two_levels import two_levels
from modelport.frontends.r.serialize import NULL, RList, RObject, RVector, as_array, integer, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_WHERE = "$ens_model"


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C].

    Numerics: those of the models. The label is caret's own of the last model; since version 4 the first of its greatest
    probabilities. A row for which a model of the list has no answer gets none.
    """
    if _of_version_1(model):
        return _weighted(scope, model)
    frame = list_columns(scope, members_of(model["models"]), _excluded(model) or 0)
    last = inner_prediction(scope, model["ens_model"], _WHERE, frame)
    gone = without_answer(scope, frame)
    scope.stricter.update(scope.variables)
    if last.value is not None and last.index is None:
        return replace(last, value=missing_where(scope, flat(scope, gone), last.value))
    if last.probability is not None:
        shares = missing_where(scope, gone, last.probability)
        if _of_version_4(model):
            return first_of_greatest(scope, shares, last.classes or ())
        last = replace(last, probability=shares)
    assert last.scores is not None
    narrow = last.rule == "positive"
    return replace(last, scores=missing_where(scope, flat(scope, gone) if narrow else gone, last.scores))


def _weighted(scope: Scope, model: RObject) -> Prediction:
    """The average by weights, of classifiers that of the second level's probabilities."""
    members = members_of(model["models"])
    frame = list_columns(scope, members, excluded=1)
    weights = as_array(model["weights"]).reshape(-1, 1)
    value = scope.builder.op("MatMul", concat(scope, [c.value for c in frame.values()]), constant(scope, weights))
    if is_regression(members[0][1]):
        return Prediction(value=flat(scope, value), task="regressor")
    first, second = train_levels(members[0][1])
    return two_levels(scope, (first, second), value, None)


def _of_version_1(model: RObject) -> bool:
    return "ens_model" not in model and "weights" in model


def _of_version_4(model: RObject) -> bool:
    return "excluded_class_id" in model


def _excluded(model: RObject) -> int | None:
    """The place of the level whose probability the last model does not see, 0 for none; None where nothing tells."""
    if _of_version_4(model):
        return integer(model["excluded_class_id"])
    members = members_of(model["models"])
    name, first = members[0]
    if is_regression(first):
        return 0
    # Version 2 hands over one probability, of the first level unless an option of the session said otherwise.
    data = model["ens_model"].get("trainingData")
    seen = data.get(name) if isinstance(data, RList) else None
    levels = train_levels(first)
    if not isinstance(seen, RVector) or len(levels) != 2:
        return None
    told = [level for level in levels if _alike(_resampled(first, level), as_array(seen))]
    return 2 - levels.index(told[0]) if len(told) == 1 else None


def _alike(a: npt.NDArray[np.float64] | None, b: npt.NDArray[np.float64]) -> bool:
    return a is not None and len(a) == len(b) and bool((np.sort(a) == np.sort(b)).all())


def _resampled(train: RObject, level: str) -> npt.NDArray[np.float64] | None:
    """The probabilities of a level for rows left out, of the parameters that were chosen."""
    kept, best = train.get("pred"), train.get("bestTune")
    if not isinstance(kept, RList) or not isinstance(best, RList) or level not in names(kept):
        return None
    chosen = np.ones(len(as_array(kept[level])), dtype=np.bool_)
    for name, value in zip(names(best), best.values, strict=True):
        column = kept.get(name)
        if column is None:
            continue
        if isinstance(column, RVector) and "levels" not in column.attributes:
            chosen &= as_array(column) == as_array(value)[0]
        else:
            chosen &= np.array(texts(column)) == texts(value)[0]
    return as_array(kept[level])[chosen]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return list_variables(members_of(model["models"]), hints)


def _weighted_reasons(model: RObject) -> list[str]:
    members = members_of(model.get("models"))
    reasons = list_reasons(members)
    if members and len(as_array(model["weights"])) != len(members):
        reasons.append("it has not one weight for each model")
    kinds = {is_regression(train) for _, train in members}
    if len(kinds) > 1 or (kinds == {False} and any(len(train_levels(train)) != 2 for _, train in members)):
        reasons.append("its models are not all of numbers, or all of two classes")
    return reasons


def _packages(model: RObject) -> list[str]:
    own = list_packages(members_of(model["models"]))
    return own if _of_version_1(model) else [*own, *inner_packages(model["ens_model"], _WHERE)]


def _refuse(model: RObject) -> list[str]:
    if _of_version_1(model):
        return _weighted_reasons(model)
    if "ens_model" not in model:
        return ["it keeps neither a model of models nor weights of them"]
    reasons = list_reasons(members_of(model.get("models"))) + inner_reasons(model["ens_model"], _WHERE)
    if reasons:
        return reasons
    if model.get("original_features_included") not in (None, NULL):
        reasons.append("its last model reads columns of the row beside the predictions of the others")
    if _excluded(model) is None:
        reasons.append("nothing in it tells of which class the last model was shown the probability")
    return reasons


_ASK = """function(model, data) {
  if (is.null(model$ens_model)) {
    value <- predict(model, newdata = data)
    if (model$models[[1]]$modelType == "Regression") return(list(value = value))
    return(list(label = levels(model$models[[1]])[(value > 0.5) + 1], probability = cbind(1 - value, value), value = value))
  }
  excluded <- model$excluded_class_id
  seen <- if (is.null(excluded)) predict(model$models, newdata = data)
    else predict(model$models, newdata = data, excluded_class_id = excluded)
  if (model$ens_model$modelType == "Regression") return(list(value = as.numeric(predict(model$ens_model, seen))))
  shares <- as.matrix(predict(model$ens_model, seen, type = "prob"))
  label <- if (is.null(excluded)) predict(model$ens_model, seen) else colnames(shares)[apply(shares, 1, which.max)]
  list(label = as.character(label), probability = shares)
}"""

MODEL = Model(
    classes=["caretStack", "caretEnsemble"],
    package="caretEnsemble",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    inside=_packages,
    ask=_ASK,
    under=["caretEnsemble"],
    source="caretEnsemble 1.0.0, 2.0.3 and 4.0.1, R/caretStack.R, R/caretList.R and R/caretPredict.R",
    unproven="the package caretEnsemble was not at hand",
)
