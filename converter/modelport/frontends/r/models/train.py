"""caret's train: the columns of a formula or a table, preProcess, and a final model as caret's own method asks it."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._labels import first_of_greatest, from_border
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import as_doubles, in_order, shares_in_order, without_rows
from modelport.frontends.r.models._caret_prepare import method_of, prepared, refusals
from modelport.frontends.r.models._caret_train import FINAL, final_model, is_regression, train_levels
from modelport.frontends.r.models._data_frame import Column, DataFrame, data_frame_of, kind_of
from modelport.frontends.r.models._inner_model import (
    inner_packages,
    inner_prediction,
    inner_reasons,
    inner_variables,
)
from modelport.frontends.r.models.recipe import baked, recipe_reasons, recipe_variables
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RStrings,
    RVector,
    as_array,
    classes,
    text,
    texts,
)
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL = ir.DataType.BOOL
# Methods whose rule for two classes is `ifelse(p < .5, first, second)`: a half is the second's.
_HALF_IS_SECOND = frozenset(("glm", "glmStepAIC", "bayesglm", "plr", "gam", "gamLoess", "gamSpline", "bam"))
# Methods whose shares get the levels as names by place, whatever the model's own predict() calls its classes.
_BY_PLACE = ("ada", "xgb")


def _formula(model: RObject) -> bool:
    return isinstance(model.get("terms"), RPairs)


def _recipe(model: RObject) -> RObject | None:
    """The trained recipe of train(recipe, data), which takes the place of a formula and of preProcess."""
    found = model.get("recipe")
    return found if found is not None and found is not NULL and "train.recipe" in classes(model) else None


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    recipe = _recipe(model)
    if recipe is not None:
        return recipe_variables(recipe, hints)
    if _formula(model):
        return frame_of(model).variables(hints)
    data = model.get("trainingData")
    wanted = _kept_names(model)
    found: list[Variable] = []
    if isinstance(data, RList):
        for name, column in zip(texts(data.attributes["names"]), data, strict=True):
            kind = kind_of(column)
            if name == ".outcome" or kind is None or (wanted is not None and name not in wanted):
                continue
            levels = column.attributes.get("levels")
            found.append(Variable(name, kind, tuple(texts(levels)) if isinstance(levels, RStrings) else None))
        return found
    names = _column_names(model)
    if not names:
        raise ModelFileError(
            "the train object keeps neither training data nor the names of its columns",
            where="$trainingData",
            fix="train with trainControl(returnData = TRUE)",
        )
    # Without the rows of the fit, the final model tells which columns were factors.
    inner = {variable.name: variable for variable in inner_variables(final_model(model), FINAL, hints)[1]}
    return [v if (v := inner.get(name)) and v.is_text else Variable(name, "number") for name in names]


def _column_names(model: RObject) -> list[str]:
    for holder, name in ((final_model(model), "xNames"), (model, "coefnames")):
        given = holder.get(name)
        if isinstance(given, RStrings):
            return texts(given)
    return []


def _kept_names(model: RObject) -> set[str] | None:
    """newdata[, colnames(newdata) %in% finalModel$xNames], unless components are made of all columns."""
    prepare = model.get("preProcess")
    if isinstance(prepare, RList):
        method = method_of(prepare)
        if "pca" in method or "ica" in method:
            return None
    given = final_model(model).get("xNames")
    return set(texts(given)) if isinstance(given, RStrings) else None


def _frame(scope: Scope, model: RObject) -> tuple[DataFrame, ir.Value | None]:
    """The columns that go to preProcess, and bool [N, 1] where na.action = na.omit drops the row."""
    recipe = _recipe(model)
    if recipe is not None:
        return baked(scope, recipe), None
    if not _formula(model):
        kept = _kept_names(model)
        return {name: c for name, c in data_frame_of(scope).items() if kept is None or name in kept}, None
    design = design_of(scope, frame_of(model))
    rows = design.matrix()
    b = scope.builder
    kept = _kept_names(model)
    frame: DataFrame = {}
    for place, name in enumerate(design.columns):
        if name == "(Intercept)" or (kept is not None and name not in kept):
            continue
        variable = scope.variables.get(name)
        own = variable is not None and variable.kind == "number"
        value = b.op("Gather", rows, b.constant(np.array([place], dtype=np.int64)), axis=1)
        frame[name] = Column("number", scope.number(name) if own else value, None, name if own else None)
    return frame, _any_missing(scope, rows)


def _any_missing(scope: Scope, rows: ir.Value) -> ir.Value:
    """bool [N, 1]."""
    b = scope.builder
    gaps = b.cast(is_nan(scope, rows), ir.DataType.DOUBLE)
    most = b.op("ReduceMax", gaps, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.op("Greater", most, constant(scope, 0.5), dtype=_BOOL)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C] in the order of the levels.

    Rows of a formula with NA are dropped by R (na.action = na.omit) before anything imputes them.
    """
    frame, dropped = _frame(scope, model)
    prepare = model.get("preProcess")
    if isinstance(prepare, RList) and _recipe(model) is None:
        frame = prepared(scope, prepare, frame)
    inner = as_doubles(scope, inner_prediction(scope, final_model(model), FINAL, frame))
    if is_regression(model):
        return _value(scope, model, inner, dropped)
    # caret has a rule for the label where glm() alone has none.
    scope.notes[:] = [note for note in scope.notes if "R itself gives the probability of" not in note]
    return _classified(scope, model, inner, dropped)


def _value(scope: Scope, model: RObject, inner: Prediction, dropped: ir.Value | None) -> Prediction:
    value = inner.value
    if value is None:
        raise ModelFileError("the final model gives no value", where=FINAL, fix="report the model")
    if _recipe(model) is not None:
        return Prediction(value=value, task="regressor")
    b = scope.builder
    limits = as_array(model["yLimits"]) if _has(model, "yLimits") else None
    control = model.get("control")
    bounds = control.get("predictionBounds") if control is not None else None
    if isinstance(bounds, RVector) and len(bounds) == 2:
        given = as_array(bounds)
        if bounds.kind == "logical":
            # predict.train passes object$yLimit, which $ completes to yLimits.
            ends = [None if not g or limits is None else float(limits[k]) for k, g in enumerate(given)]
        else:
            ends = [None if g != g else float(g) for g in given]
        for op, end in (("Less", ends[0]), ("Greater", ends[1])):
            if end is not None:
                beyond = b.op(op, value, constant(scope, end), dtype=_BOOL)
                value = where(scope, beyond, constant(scope, end), value)
    return without_rows(scope, Prediction(value=value, task="regressor"), dropped)


def _has(model: RObject, name: str) -> bool:
    found = model.get(name)
    return found is not None and found is not NULL


def _classified(scope: Scope, model: RObject, inner: Prediction, dropped: ir.Value | None) -> Prediction:
    """Labels and shares in the order of caret's levels, by the rule of caret's own method."""
    levels = train_levels(model)
    b = scope.builder
    method = text(model["method"]) if _has(model, "method") else ""
    probability = _shares(scope, method, levels, inner)
    if method in _HALF_IS_SECOND and len(levels) == 2 and probability is not None:
        second = b.op("Gather", probability, b.constant(np.array([1], dtype=np.int64)), axis=1)
        return without_rows(scope, from_border(scope, levels, second, shares=probability), dropped)
    if probability is not None and (inner.index is None or method.startswith(("svm", "gbm", "xgb"))):
        return without_rows(scope, first_of_greatest(scope, probability, levels), dropped)
    if inner.index is None:
        raise ModelFileError("the final model gives no label", where=FINAL, fix="report the model")
    return without_rows(scope, replace(in_order(scope, inner, levels), probability=probability), dropped)


def _shares(scope: Scope, method: str, levels: tuple[str, ...], inner: Prediction) -> ir.Value | None:
    """[N, C] in the order of the levels."""
    b = scope.builder
    shares = inner.probability if method.startswith(_BY_PLACE) else shares_in_order(scope, inner, levels)
    if shares is None:
        if inner.value is None or len(levels) != 2:
            return None
        one = b.op("Unsqueeze", inner.value, b.constant(np.array([1], dtype=np.int64)))
        other = b.op("Sub", constant(scope, 1.0), one)
        # Boosters are told of the first level as 1, the second as 0; smooths the other way round.
        return b.op("Concat", *((other, one) if method in _HALF_IS_SECOND else (one, other)), axis=1)
    if method == "LogitBoost" or (method in ("earth", "fda", "gcvEarth") and len(levels) > 2):
        shares = b.op("Div", shares, row_sum(scope, shares, keep=True))
    return shares


def _refuse(model: RObject) -> list[str]:
    reasons = inner_reasons(final_model(model), FINAL)
    own = _has(model, "method") and text(model["method"]) == "custom"
    if own and "greedyMSE" not in classes(final_model(model)):
        reasons.append("its method is a list of functions of the user's own, which are not run")
    settings = final_model(model).get("params")
    objective = settings.get("objective") if settings is not None else None
    if isinstance(objective, RStrings) and text(objective) == "binary:logitraw":
        reasons.append("its objective is binary:logitraw, of which caret compares the margin with 0.5")
    recipe, prepare = _recipe(model), model.get("preProcess")
    if recipe is not None:
        reasons += recipe_reasons(recipe)
    elif isinstance(prepare, RList):
        reasons += refusals(prepare)
    return reasons


MODEL = Model(
    classes=["train"],
    package="caret",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  made <- predict(model, data)
  if (!is.factor(made)) return(list(value = as.numeric(made)))
  out <- list(label = as.character(made))
  shares <- tryCatch(predict(model, data, type = "prob"), error = function(e) NULL)
  if (!is.null(shares)) out$probability <- as.matrix(shares)
  out
}""",
    under=["train.formula", "train.recipe"],
    refuse=_refuse,
    inside=lambda model: inner_packages(final_model(model), FINAL),
    source="caret/R/predict.train.R of 6.0-93, predict.train, predictionFunction and probFunction",
)
