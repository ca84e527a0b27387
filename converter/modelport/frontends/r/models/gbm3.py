"""gbm3's GBMFit: the trees of gbm under other names; how many of them count, the caller of predict() must say."""

import numpy as np

from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models.gbm import MODEL as GBM
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, RVector, integer, text
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_KEPT = ("trees", "c.splits", "initF", "variables", "params", "distribution")


def _trees(model: RObject) -> int:
    given = model["trees"]
    return min(integer(model["params"]["num_trees"]), len(given.values) if isinstance(given, RList) else 0)


def _as_gbm(model: RObject) -> RObject:
    """The object of package gbm with the same trees, of which predict() takes all."""
    variables = model["variables"]
    name = RStrings([text(model["distribution"]["name"]).lower()])
    count = _trees(model)
    changed: dict[str, RObject] = {
        "var.names": variables["var_names"],
        "var.type": variables["var_type"],
        "var.levels": variables["var_levels"],
        "distribution": RList([name], attributes={"names": RStrings(["name"])}),
        "n.trees": RVector("integer", np.array([count], dtype=np.int32)),
        "train.error": RVector("double", np.zeros(count)),
        "train.fraction": RVector("double", np.ones(1)),
        "cv.error": NULL,
        "num.classes": NULL,
    }
    return with_elements(model, **changed)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N] (type = "response") and link [N].

    Numerics: as gbm's. Of Gamma and Tweedie the response is the link, as gbm3 gives it.
    """
    found = GBM.convert(scope, _as_gbm(model))
    scope.notes[:] = [note for note in scope.notes if "predict() without n.trees" not in note]
    scope.notes.append(f"{_trees(model)} trees, all or as n.trees says; gbm3's predict() must be told how many")
    return found


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return list(GBM.variables(_as_gbm(model), hints))


def _refuse(model: RObject) -> list[str]:
    absent = [name for name in _KEPT if name not in model]
    if absent:
        return [f"it keeps no {', '.join(absent)}: it is not of package gbm3, or not whole"]
    return GBM.refuse(_as_gbm(model))


def _with_trees(model: RObject, value: Chosen) -> RObject:
    count = count_up_to(value, _trees(model))
    return with_elements(model, params=with_elements(model["params"], num_trees=count))


MODEL = Model(
    classes=["GBMFit"],
    package="gbm3",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    arguments={"n.trees": Argument(lambda model: f"1 to {_trees(model)}", _with_trees)},
    ask="""function(model, data, n.trees = model$params$num_trees) {
  list(value = as.vector(predict(model, data, n.trees = n.trees, type = "response")),
       link = as.vector(predict(model, data, n.trees = n.trees, type = "link")))
}""",
    source="gbm3 3.0, R/gbm-predict.r, R/adjust-prediction-scales.r and src/gbm.cpp gbm_pred",
    unproven="the package gbm3 was not at hand",
)
