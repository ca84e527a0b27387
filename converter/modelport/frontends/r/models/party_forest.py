"""The cforest of package party, of class RandomForest: the rows of the fit weighted by the leaves that a row shares."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._party_inputs import (
    ASK,
    input_frame,
    input_levels,
    input_variables,
    inputs_of,
    note_surrogates,
    refused_inputs,
    response_levels,
)
from modelport.frontends.r.models._rpart import rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.serialize import RClosure, RList, RObject, as_array, matrix
from modelport.frontends.r.trees.binary_tree import BinaryTree, binary_tree
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Floats = npt.NDArray[np.float64]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: R adds the weights of all T trees for each of n rows of the fit, each tree's to a sum of 1, then averages; here
    each leaf holds its average and the trees are added: 2 roundings for each tree and for each row between the two.
    """
    trees, labels, frame = _trees(model), response_levels(model), input_frame(model)
    columns = term_columns(scope, frame, list(frame.expressions), computed_missing=True)
    shown = matrix(model["responses"]["predict_trafo"]).values
    values = _averages(model, shown)
    total = rpart_sums(scope, [tree.tree for tree in trees], values, columns)
    count, rows = len(trees), len(shown)
    mean = unless(scope, columns.unknown, scope.builder.op("Div", total, constant(scope, float(count))))
    greatest = float(np.abs(shown).max(initial=0.0))

    def rule(n: Local) -> Floats:
        return np.where(np.isnan(n.result), 0.0, (2 * count + 2 * rows + 16) * n.eps * greatest)

    mean = scope.claim(mean, [mean], rule, f"{count} trees of weights that R adds row by row over {rows} rows")
    note_surrogates(scope, trees)
    if labels is None:
        return Prediction(value=flat(scope, mean))
    return first_of_greatest(scope, mean, labels)


def _averages(model: RObject, shown: Floats) -> list[Floats]:
    """Of each tree, the average [M, K] of what the rows of the fit in a leaf show, 0 elsewhere."""
    found: list[Floats] = []
    for tree, where, given in zip(_trees(model), _list(model["where"]), _list(model["weights"]), strict=True):
        places, weights = as_array(where), as_array(given)
        own = (places[None, :] == tree.ids[:, None]) * weights[None, :]
        totals = own.sum(axis=1, keepdims=True)
        found.append(np.where(totals > 0, own @ shown / np.where(totals > 0, totals, 1.0), 0.0))
    return found


def _list(given: RObject) -> list[RObject]:
    return given.values if isinstance(given, RList) else []


@lru_cache(maxsize=1)
def _trees(model: RObject) -> list[BinaryTree]:
    named, levels = list(inputs_of(model)), input_levels(model)
    return [binary_tree(root, named, levels) for root in _list(model["ensemble"])]


def _refuse(model: RObject) -> list[str]:
    reasons = refused_inputs(model)
    if reasons:
        return reasons
    weights = model["prediction_weights"]
    if not isinstance(weights, RClosure) or "scale" not in weights.formals:
        return ["it is of party before 1.3-0, whose functions weigh the leaves of its trees by their sizes"]
    trees = _trees(model)
    if not trees or not len(trees) == len(_list(model["where"])) == len(_list(model["weights"])):
        return ["it does not keep its trees and the leaves of the rows of its fit"]
    if any(
        not np.isin(_leaf_ids(tree), as_array(where)[as_array(given) > 0]).all()
        for tree, where, given in zip(trees, _list(model["where"]), _list(model["weights"]), strict=True)
    ):
        return ["a leaf holds no row of the fit"]
    return sorted({reason for tree in trees for reason in tree.reasons})


def _leaf_ids(tree: BinaryTree) -> npt.NDArray[np.int64]:
    return tree.ids[tree.tree.leaf]


MODEL = Model(
    classes=["RandomForest"],
    package="party",
    variables=input_variables,
    convert=_convert,
    refuse=_refuse,
    ask=ASK,
    source="party 1.3-11, cforestfit, predict.RandomForest, Predict.c R_predictRF_weights",
)
