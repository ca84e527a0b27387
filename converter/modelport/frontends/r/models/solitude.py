"""solitude's isolationForest: how deep a row ends in the trees of a ranger on average, and the score made of it."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._sums import long_sum
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._trees import unless
from modelport.frontends.r.models.ranger import grown, ranger_refusals, ranger_variables, tree_mean
from modelport.frontends.r.serialize import (
    NULL,
    RBytecode,
    RClosure,
    RList,
    RObject,
    RPairs,
    RSymbol,
    as_array,
)
from modelport.frontends.r.trees.check import damaged
from modelport.ir.claims import Local
from modelport.ir.forest import LEAF, Forest
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Floats = npt.NDArray[np.float64]
_EXTENSION = "path_length_extend"


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> average_depth and anomaly_score [N].

    Numerics: depths are whole numbers, whose mean is exact; with the lengths that solitude 0.2.1 adds to them R adds in
    extended precision. 2^x by the bound of pow.
    """
    b = scope.builder
    trees, columns, refused = grown(scope, _ranger(model))
    depths, extended = _depths(model, trees)
    mean = unless(scope, refused, tree_mean(scope, replace(trees, values=depths, base=np.zeros(1)), columns))
    if extended:
        count, greatest = len(trees.roots), float(depths.max(initial=0.0))

        def rule(n: Local) -> Floats:
            return np.where(np.isnan(n.result), 0.0, (count + 2) * n.eps * greatest)

        mean = scope.claim(mean, [mean], rule, f"R adds the {count} lengths in extended precision")
    power = b.op("Neg", b.op("Div", mean, constant(scope, _normalizer(_phi(model)))))
    score = b.op("Pow", constant(scope, 2.0), power)
    named = {"average_depth": flat(scope, mean), "anomaly_score": flat(scope, score)}
    return Prediction(task="outlier_detector", named=named)


def _depths(model: RObject, trees: Forest) -> tuple[Floats, bool]:
    """float64 [M, 1]: the length that each leaf stands for; whether it is more than its depth. Raises: ModelFileError."""
    private = _private(model)
    found = _placed(private["terminal_nodes_depth"], "depth", trees)
    extended = _EXTENSION in _symbols(_predict(model))
    if extended:
        found = found + _placed(private[_EXTENSION], "extend", trees)
    if np.isnan(found[trees.feature == LEAF]).any():
        raise damaged("a leaf has no depth")
    return np.where(trees.feature == LEAF, found, 0.0).reshape(-1, 1), extended


def _placed(table: RObject, name: str, trees: Forest) -> Floats:
    """A column of a table by id_tree, from 1, and id_node, from 0; NaN for nodes that it does not list."""
    tree, node = (as_array(table[key]).astype(np.int64) for key in ("id_tree", "id_node"))
    sizes = np.diff(np.append(trees.roots, len(trees.feature)))
    if len(tree) and not (
        1 <= tree.min() <= tree.max() <= len(sizes) and (node >= 0).all() and (node < sizes[tree - 1]).all()
    ):
        raise damaged("the table of depths lists nodes that there are not")
    found = np.full(len(trees.feature), np.nan)
    found[trees.roots[tree - 1] + node] = as_array(table[name])
    return found


def _normalizer(rows: float) -> float:
    """pathLengthNormalizer: the mean path of an unsuccessful search among so many rows."""
    if rows <= 2:
        return 1.0 if rows == 2 else 0.0
    rest = rows - 1
    harmonic = math.log(rest) + 0.577216 if rest > 11 else float(long_sum(1 / np.arange(1.0, math.floor(rest) + 1)))
    return 2 * harmonic - 2 * rest / rows


def _private(model: RObject) -> RObject:
    return model[".__enclos_env__"]["private"]


def _ranger(model: RObject) -> RObject:
    """The forest, which was private up to solitude 0.2.1."""
    own = model.get("forest")
    return own if own is not None and own is not NULL else _private(model).get("forest", NULL) or NULL


def _phi(model: RObject) -> float:
    return float(as_array(_private(model)["phi"])[0])


def _predict(model: RObject) -> RObject:
    """The body of the method predict."""
    given = model.get("predict")
    body = given.body if isinstance(given, RClosure) else NULL
    return body.expression if isinstance(body, RBytecode) else body


def _symbols(node: RObject) -> set[str]:
    """The names that stand in an expression."""
    return set(_named(node))


def _named(root: RObject) -> Iterator[str]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, RSymbol):
            yield node.name
        elif isinstance(node, RPairs):
            waiting += node.values


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return ranger_variables(_ranger(model), hints)


def _refuse(model: RObject) -> list[str]:
    if ".__enclos_env__" not in model:
        return ["it is of solitude before 0.2, whose objects are no R6 classes"]
    ranger = _ranger(model)
    if ranger is NULL:
        return ["it is not fitted"]
    reasons = ranger_refusals(ranger)
    names = _symbols(_predict(model))
    if "terminal_nodes_depth" not in names:
        reasons.append("its method predict() is none that is known")
    elif _EXTENSION in names and not isinstance(_private(model).get(_EXTENSION), RList):
        reasons.append("its method predict() gives a row a score that depends on the rows beside it (solitude 0.2.1)")
    if not reasons and _normalizer(_phi(model)) == 0:
        reasons.append("its trees were grown on one row each, so that R divides by zero")
    return reasons


MODEL = Model(
    classes=["solitude"],
    package="solitude",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  given <- as.data.frame(model$predict(data))
  as.list(given[order(given$id), c("average_depth", "anomaly_score")])
}""",
    source="solitude 0.2.0 to 1.1.3, R/isolationForest_r6.R",
    unproven="the package solitude was not at hand",
)
