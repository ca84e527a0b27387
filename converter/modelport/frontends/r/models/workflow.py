"""A fitted workflow of package workflows: what hardhat forges of a row, then the parsnip model."""

from modelport.errors import NotFittedError
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._answers import without_rows
from modelport.frontends.r.models._blueprint import blueprint_reasons, blueprint_variables, forged, lossy_rows
from modelport.frontends.r.models._parsnip import (
    parsnip_packages,
    parsnip_prediction,
    parsnip_reasons,
    parsnip_variables,
)
from modelport.frontends.r.models.model_fit import ASK_PARSNIP
from modelport.frontends.r.serialize import NULL, RList, RObject, RVector, classes, flag, names
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _inside(model: RObject, *path: str) -> RObject | None:
    found: RObject | None = model
    for name in path:
        found = None if found is None else found.get(name)
    return None if found is NULL else found


def _fit(model: RObject) -> RObject:
    """The model_fit. Raises: NotFittedError."""
    trained = _inside(model, "trained")
    found = _inside(model, "fit", "fit")
    if found is None or (isinstance(trained, RVector) and not flag(trained)):
        raise NotFittedError(
            "the workflow is not fitted",
            where="$fit$fit" if found is None else "$trained",
            fix="fit it first, and save what fit() gives: saveRDS(fit(workflow, data), 'model.rds')",
        )
    return found


def _blueprint(model: RObject) -> RObject:
    found = _inside(model, "pre", "mold", "blueprint")
    if found is None:
        raise NotFittedError(
            "the workflow keeps no blueprint of its columns",
            where="$pre$mold$blueprint",
            fix="save the workflow whole, as fit() gave it",
        )
    return found


def _made(model: RObject) -> list[str]:
    """The names of the columns that mold() made, or where they are gone those that the engine asks for."""
    kept = _inside(model, "pre", "mold", "predictors")
    if isinstance(kept, RList) and names(kept):
        return names(kept)
    return [variable.name for variable in parsnip_variables(_fit(model), Hints())]


def _variables(model: RObject, _: Hints) -> list[Variable]:
    return blueprint_variables(_blueprint(model))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C] in the order of the levels.

    A number that a column of integers cannot take is an error in R, a level that the fit has not seen is NA.
    """
    blueprint = _blueprint(model)
    found = parsnip_prediction(scope, _fit(model), forged(scope, blueprint, _made(model)))
    outcomes = _inside(blueprint, "ptypes", "outcomes")
    several = isinstance(outcomes, RList) and len(outcomes) > 1
    return without_rows(scope, found, lossy_rows(scope, blueprint), several=several)


def _refuse(model: RObject) -> list[str]:
    fit = _fit(model)
    if "model_fit" not in classes(fit):
        return [f"its model is a {classes(fit)[0]}, which is none of parsnip's"]
    reasons = [*blueprint_reasons(_blueprint(model), _made(model)), *parsnip_reasons(fit)]
    actions = _inside(model, "post", "actions")
    if _inside(model, "post", "fit") is not None or (isinstance(actions, RList) and len(actions)):
        reasons.append("it has a postprocessor (tailor), whose adjustments are not converted")
    return reasons


MODEL = Model(
    classes=["workflow"],
    package="workflows",
    attach=["parsnip"],
    variables=_variables,
    convert=_convert,
    ask=ASK_PARSNIP,
    refuse=_refuse,
    inside=lambda model: parsnip_packages(_fit(model)),
    unproven="packages workflows and parsnip could not be had; what hardhat forges and the engines inside are proven",
    source="workflows/R/predict.R of 1.1, predict.workflow; hardhat/R of 1.2 and 1.4, forge and its blueprints",
)
