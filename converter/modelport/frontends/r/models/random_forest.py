"""randomForest: votes of trees, or their mean; a row with NA has no prediction, and ties are broken at random."""

from dataclasses import replace

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._labels import by_vote
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Kind, Variable
from modelport.frontends.r.models._trees import any_missing, matrix_of, unless
from modelport.frontends.r.serialize import NULL, RList, RObject, RPairs, RStrings, as_array, matrix, names, text, texts
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.random_forest import random_forest_trees
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: exact. Votes are counts and means are sums in tree order, both divided by the number of trees; a label has the
    greatest share over its cutoff. With corr.bias a line is laid through the mean, as in R.
    A row with NA gives NA, or an error without a formula; infinities and levels that the fit has not seen are errors, but an
    unknown level of an ordered factor counts as one behind the last.
    """
    b = scope.builder
    columns = matrix_of(scope, list(scope.variables), [n for n, v in scope.variables.items() if v.kind == "ordered"])
    # Numbers go to C code by .C(), which takes none that are not finite.
    scope.refuses_infinite = True
    forest = model["forest"]
    classes = texts(model["classes"]) if text(model["type"]) == "classification" else None
    trees = random_forest_trees(forest, str(columns.value.name), None if classes is None else len(classes))
    total = scope.forest(trees, columns.value, columns.origins)
    mean = b.op("Div", total, constant(scope, float(len(trees.roots))))
    mean = unless(scope, any_missing(scope, columns.value, infinite=True), mean)
    if classes is None:
        line = model.get("coefs")
        if line is not None and line is not NULL:
            intercept, slope = as_array(line)[:2].tolist()
            mean = b.op("Add", constant(scope, intercept), b.op("Mul", constant(scope, slope), mean))
        return Prediction(value=flat(scope, mean))
    cutoff = (
        as_array(forest["cutoff"]).reshape(1, -1)
        if "cutoff" in forest
        else np.full((1, len(classes)), 1 / len(classes))
    )
    scores = b.op("Div", mean, constant(scope, cutoff))
    return replace(by_vote(scope, scores, classes), probability=mean)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    forest = model["forest"]
    given = forest.get("xlevels")
    levels = given.values if isinstance(given, RList) else []
    categories = as_array(forest["ncat"]).tolist()
    kinds = _kinds(model)
    found: list[Variable] = []
    for place, (name, count) in enumerate(zip(_names(model), categories, strict=True)):
        own = levels[place] if place < len(levels) else NULL
        if isinstance(own, RStrings):
            found.append(Variable(name, "factor" if count > 1 or len(own) == 1 else "ordered", tuple(texts(own))))
            continue
        logical = kinds.get(name, hints.get(name)) == "logical"
        kind: Kind = "logical" if logical else "number"
        found.append(Variable(name, kind))
    return found


def _names(model: RObject) -> list[str]:
    """The columns of fit() by name, [] where they had none."""
    importance = model.get("importance")
    found: list[str] = []
    if importance is not None and importance is not NULL:
        found = matrix(importance).rows if "dim" in importance.attributes else names(importance)
    return found or names(model["forest"]["ncat"])


def _kinds(model: RObject) -> dict[str, str]:
    terms = model.get("terms")
    return Frame(terms).kinds if isinstance(terms, RPairs) else {}


def _refuse(model: RObject) -> list[str]:
    if "forest" not in model or model["forest"] is NULL:
        return ["the object keeps no trees; fit it with keep.forest = TRUE"]
    if text(model["type"]) == "unsupervised":
        return ["an unsupervised forest predicts nothing"]
    reasons: list[str] = []
    forest = model["forest"]
    own = _names(model)
    count = len(as_array(forest["ncat"]))
    if len(own) != count or own == [str(number) for number in range(1, count + 1)]:
        reasons.append(
            "the columns of fit() had no names, so that a row's cannot be found; set colnames(x) before the fit"
        )
    levels = forest.get("xlevels")
    known = (
        {n for n, v in zip(own, levels.values, strict=False) if isinstance(v, RStrings)}
        if isinstance(levels, RList)
        else set()
    )
    for name, kind in _kinds(model).items():
        if name in own and name not in known and kind in ("character", "ordered"):
            reasons.append(
                f"of {name!r}, {'text' if kind == 'character' else 'an ordered factor'}, the model keeps no levels; "
                + (
                    "make a factor of it before the fit"
                    if kind == "character"
                    else "fit it by x and y, not by a formula"
                )
            )
    return reasons


_ASK = """function(model, data) {
  given <- predict(model, data)
  if (model$type == "regression") list(value = given)
  else list(label = given, probability = predict(model, data, type = "prob"))
}"""

MODEL = Model(
    classes=["randomForest"],
    under=["randomForest.formula"],
    package="randomForest",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    source="randomForest 4.7-1.1, predict.randomForest; rf.c classForest, regrf.c regForest",
)
