"""ipred's bagging: rpart trees that vote, or whose values are averaged."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._labels import by_vote
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart import rpart_frame, rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.serialize import RList, RObject, as_array, classes, factor, flag
from modelport.frontends.r.trees.rpart import rpart_tree
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C], the share of votes; or value [N].

    Numerics: exact. Votes are counts, values are added in the order of the trees; both are divided by their number.
    Missing values are decided by each tree's surrogates, those of a row without any value too, which R drops; a level that
    the fit has not seen is an error in R.
    """
    trees = _trees(model)
    frame = rpart_frame(trees[0])
    columns = term_columns(scope, frame, list(frame.expressions), computed_missing=True)
    labels = factor(model["y"])[1] if classes(model)[0] == "classbagg" else None
    values = [_values(tree, labels) for tree in trees]
    total = rpart_sums(scope, [rpart_tree(tree) for tree in trees], values, columns)
    mean = unless(scope, columns.unknown, scope.builder.op("Div", total, constant(scope, float(len(trees)))))
    scope.notes.append("a row in which every value is missing ends where the trees send it; R drops it from a batch")
    if labels is None:
        return Prediction(value=flat(scope, mean))
    return by_vote(scope, mean, labels)


def _values(tree: RObject, labels: Sequence[str] | None) -> npt.NDArray[np.float64]:
    yval = as_array(tree["frame"]["yval"])[:, None]
    return yval if labels is None else (yval == np.arange(1.0, len(labels) + 1)).astype(np.float64)


def _trees(model: RObject) -> list[RObject]:
    given = model["mtrees"]
    return [tree["btree"] for tree in given.values] if isinstance(given, RList) else []


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return rpart_frame(_trees(model)[0]).variables(hints)


def _refuse(model: RObject) -> list[str]:
    if "mtrees" not in model or not _trees(model):
        return ["the object keeps no trees"]
    if "comb" in model and flag(model["comb"]):
        return ["its trees are combined with another model (comb)"]
    return []


# R drops a row without any value and then takes the answers of the others for those of the rows before them.
_ASK = """function(model, data) {
  model$mtrees[[1]]$btree$call$na.action <- na.pass
  if (inherits(model, "regbagg")) return(list(value = predict(model, data)))
  list(label = predict(model, data), probability = predict(model, data, type = "prob"))
}"""

MODEL = Model(
    classes=["classbagg", "regbagg"],
    package="ipred",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    source="ipred 0.9-13, predict.classbagg, predict.regbagg, predict.irpart",
)
