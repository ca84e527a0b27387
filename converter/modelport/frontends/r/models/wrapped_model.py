"""mlr's WrappedModel: the learner's own model, its labels in the order of the task's classes."""

from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import in_order, own_labels
from modelport.frontends.r.models._data_frame import data_frame_of
from modelport.frontends.r.models._inner_model import inner_packages, inner_prediction, inner_reasons, inner_variables
from modelport.frontends.r.serialize import RList, RObject, RStrings, classes, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_WHERE = "$learner.model"
_SAME = frozenset(
    "regr.lm regr.glm regr.rpart regr.randomForest regr.ranger regr.earth regr.gbm regr.svm regr.ksvm regr.nnet "
    "classif.rpart classif.randomForest classif.logreg classif.lda classif.qda classif.naiveBayes classif.multinom "
    "classif.binomial".split()
)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    known = Hints(hints)
    known.texts, given = hints.texts, model.get("factor.levels")
    if isinstance(given, RList):
        known.levels = {name: tuple(texts(one)) for name, one in zip(names(given), given, strict=True)}
    return list(inner_variables(model["learner.model"], _WHERE, known)[1])


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C] in the order of the task's classes."""
    inner = inner_prediction(scope, model["learner.model"], _WHERE, data_frame_of(scope))
    if inner.index is None:
        return Prediction(value=inner.value, task="regressor")
    given = model["task.desc"].get("class.levels")
    own = own_labels(inner)
    levels = tuple(texts(given)) if isinstance(given, RStrings) else own
    return in_order(scope, inner, levels if set(levels) == set(own) else own)


def _refuse(model: RObject) -> list[str]:
    learner = classes(model["learner"])[0]
    reasons = inner_reasons(model["learner.model"], _WHERE)
    if learner not in _SAME:
        reasons.append(f"learner {learner!r}: what mlr makes of its model's answer is not known here")
    return reasons


MODEL = Model(
    classes=["WrappedModel"],
    package="mlr",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  for (name in names(model$factor.levels)) {
    if (name %in% names(data)) data[[name]] <- factor(data[[name]], model$factor.levels[[name]])
  }
  made <- predict(model, newdata = data)$data
  if (!is.factor(made$response)) return(list(value = made$response))
  out <- list(label = as.character(made$response))
  shares <- grep("^prob\\\\.", names(made))
  if (length(shares)) out$probability <- as.matrix(made[shares])
  out
}""",
    refuse=_refuse,
    inside=lambda model: inner_packages(model["learner.model"], _WHERE),
    source="mlr/R/predict.R of 2.19, predict.WrappedModel and predictLearner of each learner",
)
