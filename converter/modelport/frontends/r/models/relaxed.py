"""glmnet with relax = TRUE: the path, or a blend of it with the unpenalized fits of its columns, by gamma."""

from dataclasses import replace
from math import isfinite

import numpy as np

from modelport.frontends.r._arguments import Argument, Chosen, with_elements
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._glmnet import path_of
from modelport.frontends.r.models.glmnet import MODEL as GLMNET
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, number, text
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

# blend.relaxed() takes no gamma below.
_LEAST = 1e-5
# Where an object keeps what a caller asked for.
_S, _GAMMA = "s that was asked for", "gamma that was asked for"


def _crossed(model: RObject) -> bool:
    return "glmnet.fit" in model


def _plain(model: RObject) -> RObject:
    """The glmnet, or cv.glmnet, that predicts the same: predict.cv.relaxed and predict.relaxed.

    A cross-validation takes gamma.1se but for s = lambda.min, which has a gamma.min of its own; a path takes gamma = 1.
    """
    s, gamma = model.get(_S), model.get(_GAMMA)
    if not _crossed(model):
        fit = _blended(model, 1.0 if gamma is None else number(gamma))
        return fit if s is None else with_elements(fit, lambdaOpt=s)
    about = model["relaxed"]
    name = text(s) if isinstance(s, RStrings) else "lambda.1se"
    at = s if isinstance(s, RVector) else about[name]
    if gamma is None:
        gamma = about["gamma.min" if name == "lambda.min" else "gamma.1se"]
    elif isinstance(gamma, RStrings):
        gamma = about[text(gamma)]
    return with_elements(model, **{"glmnet.fit": _blended(model["glmnet.fit"], number(gamma)), "lambda.1se": at})


def _blended(fit: RObject, gamma: float) -> RObject:
    """blend.relaxed(): gamma times the path, and the rest times the relaxed fit of the same lambda, or the last there is."""
    if gamma == 1:
        return fit
    gamma = max(gamma, _LEAST)
    own, other = path_of(fit), path_of(fit["relaxed"])
    known = other.lambdas.tolist()
    places = np.array([known.index(value) if value in known else -1 for value in own.lambdas.tolist()])
    places = np.where(places < 0, places.max(), places)
    slopes = [gamma * a + (1 - gamma) * b[:, places] for a, b in zip(own.slopes, other.slopes, strict=True)]
    intercept = gamma * own.intercept + (1 - gamma) * other.intercept[:, places]
    given = fit["beta"]
    parts = given.values if isinstance(given, RList) else [given]
    made: list[RObject] = [_matrix(values, part) for values, part in zip(slopes, parts, strict=True)]
    beta = replace(given, values=made, _by_name=None) if isinstance(given, RList) else made[0]
    start = RVector("double", intercept.ravel(order="F"))
    return with_elements(fit, beta=beta, a0=start)


def _matrix(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], like: RObject) -> RVector:
    dim = RVector("integer", np.array(values.shape, dtype=np.int32))
    return RVector("double", values.ravel(order="F"), {"dim": dim, "Dimnames": like.attributes["Dimnames"]})


def _takes_s(model: RObject) -> str:
    return "lambda.1se, lambda.min or a lambda" if _crossed(model) else "a lambda"


def _takes_gamma(model: RObject) -> str:
    return "gamma.1se, gamma.min or a number from 0 to 1" if _crossed(model) else "a number from 0 to 1"


def _with_s(model: RObject, value: Chosen) -> RObject:
    if isinstance(value, str) and (not _crossed(model) or value not in ("lambda.1se", "lambda.min")):
        raise ValueError(f"s = {value!r}")
    return with_elements(model, **{_S: _kept(value)})


def _with_gamma(model: RObject, value: Chosen) -> RObject:
    wrong = value not in ("gamma.1se", "gamma.min") if isinstance(value, str) else not 0 <= value <= 1
    if wrong or (isinstance(value, str) and not _crossed(model)):
        raise ValueError(f"gamma = {value}")
    return with_elements(model, **{_GAMMA: _kept(value)})


def _kept(value: Chosen) -> RObject:
    if isinstance(value, str):
        return RStrings([value])
    if not isfinite(value):
        raise ValueError(f"{value} is not finite")
    return RVector("double", np.array([value]))


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return list(GLMNET.variables(_plain(model), hints))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes and numerics: as those of the glmnet that it comes to."""
    return GLMNET.convert(scope, _plain(model))


def _refuse(model: RObject) -> list[str]:
    return GLMNET.refuse(_plain(model))


MODEL = Model(
    classes=["relaxed", "cv.relaxed"],
    package="glmnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    arguments={"s": Argument(_takes_s, _with_s), "gamma": Argument(_takes_gamma, _with_gamma)},
    ask=GLMNET.ask,
    source="glmnet/R of 4.1-6, predict.relaxed, predict.cv.relaxed, blend.relaxed",
)
