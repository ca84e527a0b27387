"""adabag: bagging and boosting (AdaBoost.M1, SAMME) of rpart trees, which vote with equal or with their own weights."""

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import argmax, row_sum
from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart_committee import (
    committee_reasons,
    committee_sums,
    committee_variables,
    members,
)
from modelport.frontends.r.serialize import RList, RNull, RObject, RVector, as_array, classes, integer, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_COUNTS = "vardep.summary"


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]: each class's share of the votes.

    Numerics: votes of bagging are counts, those of boosting sums of weights. Of tied classes the one with the most rows in the
    fit is the label, as version 4.1 and later have it.
    """
    trees = members(model.get("trees"))
    levels = _levels(model)
    weights = _weights(model)
    values = [weight * _votes(tree, levels) for tree, weight in zip(trees, weights.tolist(), strict=True)]
    votes = committee_sums(scope, trees, values)
    b = scope.builder
    order = _preference(scope, model, levels)
    scores = b.op("Gather", votes, b.constant(order), axis=1)
    return Prediction(
        index=b.op("Gather", b.constant(order), argmax(scope, scores), axis=0),
        scores=scores,
        rule="argmax",
        ties="first" if _COUNTS in model.attributes else "any",
        places=tuple(order.tolist()),
        probability=b.op("Div", votes, row_sum(scope, votes, keep=True)),
        classes=tuple(levels),
    )


def _levels(model: RObject) -> list[str]:
    given = model.attributes.get(_COUNTS)
    return _own_levels(members(model["trees"])[0]) if given is None else names(given)


def _own_levels(tree: RObject) -> list[str]:
    given = tree.attributes.get("ylevels")
    return [] if given is None or isinstance(given, RNull) else texts(given)


def _preference(scope: Scope, model: RObject, levels: list[str]) -> npt.NDArray[np.int64]:
    """The classes in the order in which a tie is given to them."""
    given = model.attributes.get(_COUNTS)
    if given is None:
        scope.notes.append(
            "the object is of a version before 4.1, which took the levels from the response in the new rows, and of tied "
            "classes the first or the one with the most new rows; the levels here are the fit's, the label the first tied one"
        )
        return np.arange(len(levels), dtype=np.int64)
    return np.argsort(-as_array(given), kind="stable").astype(np.int64)


def _weights(model: RObject) -> npt.NDArray[np.float64]:
    if classes(model)[0] == "boosting":
        return as_array(model["weights"])
    return np.ones(len(members(model["trees"])))


def _votes(tree: RObject, levels: list[str]) -> npt.NDArray[np.float64]:
    """float64 [M, C]: 1 for the class of each node."""
    own = _own_levels(tree)
    said = [own[int(code) - 1] for code in as_array(tree["frame"]["yval"])]
    return np.array([[float(level == name) for level in levels] for name in said])


def _with_first(model: RObject, count: Chosen) -> RObject:
    trees = members(model.get("trees"))
    kept = integer(count_up_to(count, len(trees)))
    changed: dict[str, RObject] = {"trees": RList(trees[:kept])}
    if "weights" in model:
        changed["weights"] = RVector("double", as_array(model["weights"])[:kept])
    return with_elements(model, **changed)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return committee_variables(members(model["trees"]), hints)


def _refuse(model: RObject) -> list[str]:
    trees = members(model.get("trees"))
    reasons = committee_reasons(trees)
    if not trees:
        return reasons
    if not all(_own_levels(tree) for tree in trees):
        return [*reasons, "its trees are no classification trees: the response of the fit was no factor"]
    if "(Other)" in _levels(model):
        reasons.append("the response has more than 700 levels")
    if classes(model)[0] == "boosting":
        given = model.get("weights")
        if given is None or len(as_array(given)) != len(trees):
            reasons.append("it has not one weight for each of its trees")
        elif not np.isfinite(as_array(given)).all():
            reasons.append("a tree has no finite weight")
    return reasons


_ASK = """function(model, data, newmfinal = length(model$trees)) {
  made <- predict(model, data, newmfinal = newmfinal)
  list(label = made$class, probability = made$prob)
}"""

MODEL = Model(
    classes=["bagging", "boosting"],
    package="adabag",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    arguments={"newmfinal": Argument(lambda model: f"1 to {len(members(model.get('trees')))}", _with_first)},
    ask=_ASK,
    source="adabag 4.3, R/predict.bagging.R, R/predict.boosting.R, R/select.R and R/adaboost.M1.R",
    unproven="the package adabag was not at hand",
)
