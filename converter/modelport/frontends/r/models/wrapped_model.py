"""mlr's WrappedModel: the learner's own model, its labels in the order of the task's classes."""

from dataclasses import replace

from modelport.errors import ModelFileError
from modelport.frontends._scores import column
from modelport.frontends.r._labels import beyond_border, first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import as_doubles, in_order, own_labels, shares_in_order
from modelport.frontends.r.models._data_frame import data_frame_of
from modelport.frontends.r.models._inner_model import inner_packages, inner_prediction, inner_reasons, inner_variables
from modelport.frontends.r.models._two_levels import is_our_rule
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, classes, names, text, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_WHERE = "$learner.model"
_SAME = frozenset(
    "regr.lm regr.glm regr.rpart regr.randomForest regr.ranger regr.earth regr.gbm regr.svm regr.ksvm regr.nnet "
    "classif.rpart classif.randomForest classif.logreg classif.lda classif.qda classif.naiveBayes "
    "classif.multinom classif.binomial classif.earth classif.gbm classif.ksvm classif.nnet classif.ranger "
    "classif.svm".split()
)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    known = Hints(hints)
    known.texts, given = hints.texts, model.get("factor.levels")
    if isinstance(given, RList):
        known.levels = {name: tuple(texts(one)) for name, one in zip(names(given), given, strict=True)}
    return list(inner_variables(model["learner.model"], _WHERE, known)[1])


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and, of predict.type "prob", probability [N, C] in the order of the task.

    The label of "prob" is that of the greatest probability, of equal ones any; else it is the learner's own.
    """
    inner = as_doubles(scope, inner_prediction(scope, model["learner.model"], _WHERE, data_frame_of(scope)))
    about = model["task.desc"]
    given = about.get("class.levels")
    if not isinstance(given, RStrings):
        return Prediction(value=inner.value, task="regressor")
    levels = tuple(texts(given))
    if inner.index is None and inner.value is not None and len(levels) == 2:
        # gbm is told that the positive class is 1.
        own = (text(about["negative"]), text(about["positive"]))
        inner = beyond_border(scope, own, column(scope, inner.value))
    if set(levels) != set(own_labels(inner)):
        raise ModelFileError(
            f"the model knows {', '.join(own_labels(inner)) or 'no classes'}, its task {', '.join(levels)}",
            where=_WHERE,
            fix="report the model",
        )
    shares = shares_in_order(scope, inner, levels)
    scope.notes[:] = [note for note in scope.notes if not is_our_rule(note)]
    if text(model["learner"]["predict.type"]) == "prob" and shares is not None:
        return first_of_greatest(scope, shares, levels, ties="any")
    return replace(in_order(scope, inner, levels), probability=None)


def _refuse(model: RObject) -> list[str]:
    learner = classes(model["learner"])[0]
    reasons = inner_reasons(model["learner.model"], _WHERE)
    if learner not in _SAME:
        reasons.append(f"learner {learner!r}: what mlr makes of its model's answer is not known here")
    if model["learner"].get("predict.threshold", NULL) is not NULL:
        reasons.append("it has a threshold of its own for the classes (predict.threshold)")
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
  # As the learner gave them, which is not always the order of the task.
  shares <- match(paste0("prob.", model$task.desc$class.levels), names(made))
  if (!anyNA(shares)) out$probability <- as.matrix(made[shares])
  out
}""",
    refuse=_refuse,
    inside=lambda model: inner_packages(model["learner.model"], _WHERE),
    source="mlr/R/predict.R of 2.19, predict.WrappedModel and predictLearner of each learner",
)
