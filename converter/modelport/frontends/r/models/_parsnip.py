"""A fitted parsnip model over a frame: its own preparation, the engine inside, and parsnip's rule for labels."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError, UnsupportedModelError
from modelport.frontends._scores import column
from modelport.frontends.r._labels import first_of_greatest, from_border, shares_by_exp
from modelport.frontends.r._model import find_model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import as_doubles, in_order, shares_in_order
from modelport.frontends.r.models._data_frame import Column, DataFrame, data_frame_of, inner_scope
from modelport.frontends.r.models._formula_columns import formula_columns, one_hot
from modelport.frontends.r.models._glmnet import path_of
from modelport.frontends.r.models._inner_model import inner_packages, inner_prediction, inner_reasons, inner_variables
from modelport.frontends.r.models._parsnip_engines import class_rule, engine_reasons, event_is_first, spec_words
from modelport.frontends.r.models._quosures import settled
from modelport.frontends.r.models._two_levels import is_our_rule
from modelport.frontends.r.models.glmnet import emit_glmnet
from modelport.frontends.r.serialize import NULL, RObject, RPairs, RStrings, as_array, classes, flag, text, texts
from modelport.frontends.r.terms.frame import Frame, frame_of
from modelport.ir.prediction import Prediction

__all__ = ["parsnip_packages", "parsnip_prediction", "parsnip_reasons", "parsnip_variables"]

_WHERE = "$fit"


def _preparation(model: RObject) -> Frame | None:
    """The formula of fit(), where the engine takes columns: parsnip then makes them itself."""
    given = model.get("preproc")
    if given is None or given is NULL or not isinstance(given.get("terms"), RPairs):
        return None
    return frame_of(given)


def _option(model: RObject, name: str) -> RObject | None:
    given = model["preproc"].get("options")
    return None if given is None else given.get(name)


def parsnip_variables(model: RObject, hints: Hints) -> list[Variable]:
    """The columns of the formula, or those that the engine's own model asks for."""
    frame = _preparation(model)
    return list(inner_variables(model["fit"], _WHERE, hints)[1]) if frame is None else frame.variables(hints)


def _prepared(scope: Scope, model: RObject) -> DataFrame:
    """What the engine is given: .convert_form_to_xy_new() of a formula, else the columns as they are."""
    frame = _preparation(model)
    if frame is None:
        return data_frame_of(scope)
    given = _option(model, "indicators")
    indicators = "traditional" if given is None else text(given)
    if indicators == "none":
        return formula_columns(scope, frame, matrix=False)
    if indicators == "one_hot":
        # A logical is made a factor by contrasts<- and gets a column for each of its two levels too.
        frame = replace(frame, contrasts=one_hot(frame, logicals=True))
    made = formula_columns(scope, frame, matrix=True)
    drops = _option(model, "remove_intercept")
    if drops is None or flag(drops):
        made.pop("(Intercept)", None)
    return made


def parsnip_prediction(scope: Scope, model: RObject, frame: DataFrame) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C] in the order of the levels.

    Raises: UnsupportedModelError, ModelFileError.
    """
    prepared = _prepared(inner_scope(scope, frame), model)
    _, engine, mode = spec_words(model)
    if engine == "glmnet":
        inner = _penalized(scope, model, prepared)
    else:
        if engine == "lightgbm":
            prepared = _codes(scope, prepared)
        fit = _with_neighbours(model) if engine == "Cubist" else model["fit"]
        inner = as_doubles(scope, inner_prediction(scope, fit, _WHERE, prepared))
    if mode == "regression":
        if inner.value is None:
            raise ModelFileError("the engine's model gives no number", where=_WHERE, fix="report the model")
        return Prediction(value=inner.value, task="regressor")
    return _classified(scope, model, inner)


def _codes(scope: Scope, frame: DataFrame) -> DataFrame:
    """bonsai gives LightGBM as.integer(factor) - 1."""
    b = scope.builder
    own = inner_scope(scope, frame)
    return {
        name: one
        if one.is_number
        else Column("number", b.op("Sub", own.number(name), b.constant(np.asarray(1.0))), None)
        for name, one in frame.items()
    }


def _settled(model: RObject, name: str) -> float | str | None:
    """An argument of the model. Raises: UnsupportedModelError where only R can tell what it is."""
    try:
        return settled(model["spec"]["args"].get(name))
    except ValueError as err:
        raise UnsupportedModelError(
            f"the argument {name} of the model is {err}, an expression that only R can evaluate",
            where=f"$spec$args${name}",
            fix=f"fit with the number itself for {name}",
        ) from err


def _with_neighbours(model: RObject) -> RObject:
    """A cubist whose predict() counts the neighbours that the model asks for: 0 to 9."""
    count = _settled(model, "neighbors")
    if not isinstance(count, float) or count <= 0:
        return model["fit"]
    return find_model(model["fit"], _WHERE)[1].arguments["neighbors"].put(model["fit"], float(min(int(count), 9)))


def _penalty(model: RObject) -> float:
    """The lambda that is asked for: the penalty of the model, or the one that glmnet was fitted with.

    Raises: UnsupportedModelError when it is not known or parsnip refuses it.
    """
    own = as_array(model["fit"]["lambda"])
    found = _settled(model, "penalty")
    if found is None and len(own) == 1:
        found = float(own[0])
    if not isinstance(found, float):
        raise UnsupportedModelError(
            "the model has no penalty, so that predict() of parsnip refuses it",
            where="$spec$args$penalty",
            fix="fit with a number: penalty = 0.01",
        )
    if len(own) == 1 and found != own[0]:
        raise UnsupportedModelError(
            f"the penalty is {found:g}, but glmnet was fitted with the one lambda {own[0]:g}: parsnip refuses to predict",
            where="$spec$args$penalty",
            fix="fit with the same number, or without path_values",
        )
    return found


def _penalized(scope: Scope, model: RObject, frame: DataFrame) -> Prediction:
    fit = model["fit"]
    wanted = path_of(fit).names
    absent = [name for name in wanted if name not in frame]
    if absent:
        raise UnsupportedModelError(
            f"glmnet asks for {', '.join(map(repr, absent[:5]))}, which the preparation does not make",
            where=_WHERE,
            fix="report the model: a step before it is not read as R reads it",
        )
    return emit_glmnet(scope, fit, _penalty(model), [frame[name].value for name in wanted])


def _levels(model: RObject) -> tuple[str, ...]:
    given = model.get("lvl")
    if not isinstance(given, RStrings):
        raise ModelFileError("the classifier keeps no levels", where="$lvl", fix="save the model_fit whole")
    return tuple(texts(given))


def _classified(scope: Scope, model: RObject, inner: Prediction) -> Prediction:
    levels = _levels(model)
    rule = class_rule(model)
    if rule in ("half", "event") and len(levels) == 2:
        scope.notes[:] = [note for note in scope.notes if not is_our_rule(note)]
        single = _single(scope, inner)
        if rule == "half" or not event_is_first(model):
            return from_border(scope, levels, single)
        b = scope.builder
        other = b.op("Sub", b.constant(np.asarray(1.0)), single)
        # The first from 0.5 on: then 1 - p is exact and no greater.
        return first_of_greatest(scope, b.op("Concat", single, other, axis=1), levels)
    if rule == "half":
        raise UnsupportedModelError(
            f"the model has {len(levels)} levels, and parsnip takes the first column of its answer for a probability",
            where="$lvl",
            fix="fit a model of two levels, or another engine",
        )
    if inner.index is not None and rule == "event":
        inner = replace(inner, classes=levels)  # 0, 1, … in their order
    shares = shares_in_order(scope, inner, levels)
    if rule == "greatest" and shares is None and inner.value is not None and len(levels) == 2:
        return _by_second(scope, inner, levels)
    if rule in ("event", "greatest") and shares is not None and inner.ties == "first":
        if inner.classes is not None and not isinstance(inner.classes[0], str):
            inner = replace(inner, classes=levels)
            shares = inner.probability
        assert shares is not None
        return first_of_greatest(scope, shares, levels)
    if inner.index is None:
        raise ModelFileError("the engine's model gives no label", where=_WHERE, fix="report the model")
    found = in_order(scope, inner, levels)
    if rule == "softmax" and shares is not None:
        return replace(found, probability=shares_by_exp(scope, shares))
    if spec_words(model)[:2] == ("multinom_reg", "nnet") and len(levels) == 2:
        # parsnip makes one row of the vector of probabilities: there are none of its own.
        return replace(found, probability=None)
    return found


def _by_second(scope: Scope, inner: Prediction, levels: tuple[str, ...]) -> Prediction:
    """Shares 1 - p and p, of which the first greatest decides."""
    b = scope.builder
    second = _single(scope, inner)
    other = b.op("Sub", b.constant(np.asarray(1.0)), second)
    return first_of_greatest(scope, b.op("Concat", other, second, axis=1), levels)


def _single(scope: Scope, inner: Prediction) -> ir.Value:
    """The one probability [N, 1] that the engine gives."""
    b = scope.builder
    if inner.value is not None:
        return column(scope, inner.value)
    if inner.probability is None:
        raise ModelFileError("the engine's model gives no probability", where=_WHERE, fix="report the model")
    return b.op("Gather", inner.probability, b.constant(np.array([1], dtype=np.int64)), axis=1)


def parsnip_packages(model: RObject) -> list[str]:
    """What R must have to predict with the engine. Raises: UnknownModelError."""
    return inner_packages(model["fit"], _WHERE)


def parsnip_reasons(model: RObject) -> list[str]:
    """Why a model_fit is not converted. Raises: UnknownModelError."""
    if "try-error" in classes(model["fit"]):
        return ["its fit failed: $fit is the error"]
    reasons = engine_reasons(model)
    if reasons:
        return reasons
    found = inner_reasons(model["fit"], _WHERE)
    if spec_words(model)[1] == "glmnet":
        if "relaxed" in classes(model["fit"]):
            found.append("it is a relaxed fit of glmnet, to which parsnip hands no penalty")
        # Along a path, but here at one lambda.
        found = [reason for reason in found if "path of" not in reason]
    return found
