"""mlr3's trained learners: the engine's own model, with mlr3's rule for labels and the order of its task's classes."""

from dataclasses import replace

import numpy as np

from modelport.errors import ModelFileError, NotFittedError
from modelport.frontends._scores import column
from modelport.frontends.r._labels import drawn, from_border
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import as_doubles, in_order, own_labels, shares_in_order
from modelport.frontends.r.models._data_frame import data_frame_of, kind_of
from modelport.frontends.r.models._glmnet import path_of
from modelport.frontends.r.models._inner_model import (
    inner_packages,
    inner_prediction,
    inner_reasons,
    inner_variables,
)
from modelport.frontends.r.models._two_levels import is_our_rule
from modelport.frontends.r.models.glmnet import emit_glmnet
from modelport.frontends.r.serialize import (
    NULL,
    REnvironment,
    RList,
    RObject,
    RStrings,
    RVector,
    as_array,
    classes,
    flag,
    is_factor,
    names,
    number,
    text,
    texts,
)
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_WHERE = "$state$model"
_GLMNET = ("LearnerClassifGlmnet", "LearnerRegrGlmnet", "LearnerClassifCVGlmnet", "LearnerRegrCVGlmnet")
_BOTH = ("LearnerClassif", "LearnerRegr")
_KNOWN = frozenset(
    (
        *_GLMNET,
        *(
            f"LearnerClassif{name}"
            for name in "LDA LogReg Multinom NaiveBayes Nnet QDA RandomForest Ranger Rpart SVM Xgboost".split()
        ),
        *(f"LearnerRegr{name}" for name in "LM Nnet RandomForest Ranger Rpart SVM Xgboost".split()),
    )
)
# Parameters of predict() that change what it answers.
_CHANGING = frozenset(
    "interval se.method exact gamma relax newoffset outputmargin ntreelimit iterationrange predleaf predcontrib approxcontrib "
    "predinteraction training strict_shape predict.method predict.prior method prior dimen threshold eps".split()
)
# What glmnet's learners ask for where nothing is chosen and there is a path.
_DEFAULT_S = 0.01


def _inside(model: RObject, *path: str) -> RObject | None:
    found: RObject | None = model
    for name in path:
        found = None if found is None else found.get(name)
    return None if found is NULL else found


def _engine(model: RObject) -> RObject:
    found = _inside(model, "state", "model")
    if found is None:
        raise NotFittedError(
            "the learner holds no model: it is not trained, or its model was not kept",
            where=_WHERE,
            fix="train it, and save the learner itself; resample() keeps models with store_models = TRUE",
        )
    return found


def _kind(model: RObject) -> str:
    return classes(model)[0]


def _predict_type(model: RObject) -> str:
    found = _inside(model, ".__enclos_env__", "private", ".predict_type")
    return text(found) if isinstance(found, RStrings) else "response"


def _parameters(model: RObject) -> dict[str, RObject]:
    """The values of the parameter set, or those of the training where it cannot be read."""
    for path in (("param_set", ".__enclos_env__", "private", ".values"), ("state", "param_vals")):
        found = _inside(model, *path)
        if isinstance(found, RList):
            return {name: value for name, value in zip(names(found), found, strict=True) if value is not NULL}
    return {}


def _columns(model: RObject) -> dict[str, RObject]:
    """The columns of the task, of no rows: the target too."""
    for name in ("task_prototype", "data_prototype"):
        found = _inside(model, "state", name)
        if isinstance(found, RList):
            return dict(zip(names(found), found, strict=True))
    return {}


def _levels(model: RObject, own: tuple[str, ...]) -> tuple[str, ...]:
    """The classes in the order of the task, or as the model has them where the learner keeps none of its task."""
    listed = _inside(model, "state", "train_task", "col_info", "levels")
    candidates = [*_columns(model).values(), *(listed if isinstance(listed, RList) else ())]
    for one in candidates:
        given = one.attributes.get("levels") if is_factor(one) else one
        if isinstance(given, RStrings) and set(texts(given)) == set(own):
            return tuple(texts(given))
    return own


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    columns = _columns(model)
    # What the task says of a column counts more than what the sample shows.
    open_ones = Hints({name: hint for name, hint in hints.items() if name not in columns})
    open_ones.texts = {name: one for name, one in hints.texts.items() if name not in columns}
    open_ones.levels = {name: tuple(texts(one.attributes["levels"])) for name, one in columns.items() if is_factor(one)}
    found = []
    for variable in inner_variables(_engine(model), _WHERE, open_ones)[1]:
        kept = columns.get(variable.name)
        kind = None if kept is None else kind_of(kept)
        if variable.kind != "number" or kept is None or kind is None or kind == "number":
            found.append(variable)
            continue
        levels = kept.attributes.get("levels")
        found.append(Variable(variable.name, kind, tuple(texts(levels)) if isinstance(levels, RStrings) else None))
    return found


def _inner(scope: Scope, model: RObject) -> Prediction:
    engine = _engine(model)
    frame = data_frame_of(scope)
    if _kind(model) not in _GLMNET:
        return as_doubles(scope, inner_prediction(scope, engine, _WHERE, frame))
    fit = engine.get("glmnet.fit") or engine
    given = _parameters(model).get("s")
    if isinstance(given, RStrings):
        s = number(engine[text(given)])
    elif given is not None:
        s = number(given)
    elif fit is not engine:
        s = number(engine["lambda.1se"])
    else:
        own = as_array(fit["lambda"])
        s = float(own[0]) if len(own) == 1 else _DEFAULT_S
    return emit_glmnet(scope, fit, s, [frame[name].value for name in path_of(fit).names])


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and, of predict_type "prob", probability [N, C] in the order of the task.

    The label of "prob" is max.col() of the probabilities, which draws lots near the greatest; else it is the engine's.
    """
    inner = _inner(scope, model)
    if "LearnerRegr" in classes(model):
        if inner.value is None:
            raise ModelFileError("the engine's model gives no number", where=_WHERE, fix="report the model")
        return Prediction(value=inner.value, task="regressor")
    kind, by_shares = _kind(model), _predict_type(model) == "prob"
    scope.notes[:] = [note for note in scope.notes if not is_our_rule(note)]
    if kind == "LearnerClassifXgboost":
        inner = _boosted(scope, model, inner)
        by_shares, shown = True, by_shares
    else:
        shown = by_shares
    own = own_labels(inner)
    levels = _levels(model, own)
    shares = shares_in_order(scope, inner, levels)
    if by_shares and shares is not None and kind != "LearnerClassifSVM":
        found = drawn(scope, shares, levels)
        return found if shown else replace(found, probability=None)
    if kind == "LearnerClassifLogReg" and shares is not None and inner.probability is not None:
        b = scope.builder
        second = b.op("Gather", inner.probability, b.constant(np.array([1], dtype=np.int64)), axis=1)
        inner = from_border(scope, own, second)
    if inner.index is None:
        raise ModelFileError("the engine's model gives no label", where=_WHERE, fix="report the model")
    found = in_order(scope, inner, levels)
    return replace(found, probability=found.probability if shown else None)


def _boosted(scope: Scope, model: RObject, inner: Prediction) -> Prediction:
    """mlr3 tells XGBoost the classes from the last, 0, to the first, so that the positive one is 1."""
    b = scope.builder
    count = 2 if inner.probability is None else len(inner.classes or ())
    target = [one for one in _columns(model).values() if is_factor(one)]
    listed = _inside(model, "state", "train_task", "col_info", "levels")
    own = [texts(one.attributes["levels"]) for one in target]
    own += [texts(one) for one in (listed if isinstance(listed, RList) else ()) if isinstance(one, RStrings)]
    # XGBoost's learner takes no factors: the one that there is is the target.
    if len(own) != 1 or len(own[0]) != count:
        raise ModelFileError(
            "the learner keeps no levels of its task, and XGBoost knows numbers only",
            where="$state$task_prototype",
            fix="train it with mlr3 0.14 or later, and save the learner whole",
        )
    levels = tuple(reversed(own[0]))
    if inner.probability is not None:
        return Prediction(index=inner.index, probability=inner.probability, classes=levels)
    assert inner.value is not None
    second = column(scope, inner.value)
    other = b.op("Sub", b.constant(np.asarray(1.0)), second)
    return Prediction(probability=b.op("Concat", other, second, axis=1), classes=levels)


def _refuse(model: RObject) -> list[str]:
    engine = _engine(model)
    kind = _kind(model)
    if kind not in _KNOWN:
        return [f"learner {kind}: what mlr3 makes of its model's answer is not known here"]
    if any(name == "marshaled" for name in classes(engine)):
        return ["its model is marshaled: call learner$unmarshal() before saveRDS()"]
    reasons = [reason for reason in inner_reasons(engine, _WHERE) if kind not in _GLMNET or "path of" not in reason]
    given = _parameters(model)
    changed = sorted(_CHANGING & given.keys())
    if changed:
        reasons.append(f"parameters of predict() are set: {', '.join(changed)}")
    offset = given.get("use_pred_offset")
    if isinstance(offset, RVector) and not flag(offset):
        reasons.append("use_pred_offset is FALSE")
    objective = given.get("objective")
    if (
        kind == "LearnerClassifXgboost"
        and isinstance(objective, RStrings)
        and text(objective)
        not in (
            "binary:logistic",
            "multi:softprob",
        )
    ):
        reasons.append(f"its objective is {text(objective)!r}")
    if _predict_type(model) not in ("response", "prob", "se"):
        reasons.append(f"its predict_type is {_predict_type(model)!r}")
    if not isinstance(model, REnvironment):
        reasons.append("it is no environment, as learners are")
    return reasons


MODEL = Model(
    classes=["Learner"],
    under=["LearnerClassif*", "LearnerRegr*"],
    package="mlr3",
    attach=["mlr3learners"],
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  made <- model$predict_newdata(data)
  if (inherits(model, "LearnerRegr")) return(list(value = made$response))
  out <- list(label = as.character(made$response))
  if (model$predict_type == "prob") out$probability <- made$prob
  out
}""",
    refuse=_refuse,
    inside=lambda model: inner_packages(_engine(model), _WHERE),
    unproven="package mlr3 could not be had; the engines inside are proven",
    source="mlr3/R of 0.20, Learner and check_prediction_data.PredictionDataClassif; mlr3learners/R of 0.7, .predict of each",
)
