"""IsolationForest's IsolationTrees: AnomalyScore() of a row, the mean path length of its trees and the score made of it."""

import numpy as np

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant, missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import matrix_rows
from modelport.frontends.r.models._missing import not_finite
from modelport.frontends.r.serialize import RList, RObject, as_array, flag, integer, texts
from modelport.frontends.r.trees.isolation import average_path, isolation_trees
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> outF [N], the score, and pathLength [N]. A row with NA or an infinity is refused by .C().

    Numerics: the lengths are added tree by tree, in the order of the trees: exact. 1/2^x by the bounds of pow and division.
    """
    b = scope.builder
    trees, count = model["trees"], integer(model["ntree"])
    names = list(scope.variables)
    rows = matrix_rows(scope, names)
    forest = isolation_trees(trees, count, integer(model["hlim"]), len(names), str(rows.name))
    scope.refuses_infinite = True
    for number, name in enumerate(names):
        scope.mark(name, forest.threshold[forest.feature == number])
    total = missing_where(scope, not_finite(scope, rows), scope.forest(forest, rows, names))
    power = b.op("Div", total, constant(scope, average_path(_sample(trees)) * count))
    score = b.op("Div", constant(scope, 1.0), b.op("Pow", constant(scope, 2.0), power))
    length = b.op("Div", total, constant(scope, float(count)))
    return Prediction(task="outlier_detector", named={"outF": flat(scope, score), "pathLength": flat(scope, length)})


def _sample(trees: RObject) -> int:
    """How many rows each tree was grown on."""
    return integer(trees["nRowSamp" if flag(trees["rowSamp"]) else "xrow"])


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    names = texts(model["xcols"])
    wrong = [name for name in names if hints.get(name) == "text"]
    if wrong:
        raise UnsupportedModelError(
            f"the forest was fitted on numbers, and {', '.join(map(repr, wrong))} hold text in the sample",
            where="element $xcols",
            fix="give the columns as the numbers that data.matrix() made of them in the fit",
        )
    return [Variable(name, "logical" if hints.get(name) == "logical" else "number") for name in names]


def _refuse(model: RObject) -> list[str]:
    trees = model.get("trees")
    if not isinstance(trees, RList):
        return ["it keeps no trees: all of its columns are factors"]
    reasons = []
    if np.any(as_array(model["colisfactor"]) != 0):
        reasons.append("a column is a factor, for which AnomalyScore() reads the columns of a row at wrong places")
    if _sample(trees) < 2:
        reasons.append("its trees were grown on one row each, so that R divides by zero")
    return reasons


MODEL = Model(
    classes=["iForest"],
    package="IsolationForest",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="function(model, data) AnomalyScore(data[model$xcols], model)[c('outF', 'pathLength')]",
    source="IsolationForest 0.0-27, AnomalyScore.R and src/rtDepth.c",
    unproven="the package IsolationForest is on R-Forge alone and was not at hand",
)
