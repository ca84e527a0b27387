"""The ctree of package party: one tree of class BinaryTree."""

from functools import lru_cache

import numpy as np

from modelport.frontends._scores import flat
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
from modelport.frontends.r.serialize import RObject
from modelport.frontends.r.trees.binary_tree import BinaryTree, binary_tree
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: exact: a leaf keeps its mean or the shares of its classes. The first of the greatest shares is the label.
    """
    tree, labels, frame = _tree(model), response_levels(model), input_frame(model)
    columns = term_columns(scope, frame, list(frame.expressions), computed_missing=True)
    note_surrogates(scope, [tree])
    width = 1 if labels is None else len(labels)
    values = np.array([part[:width] for part in tree.predictions], dtype=np.float64).reshape(-1, width)
    found = unless(scope, columns.unknown, rpart_sums(scope, [tree.tree], [values], columns))
    if labels is None:
        return Prediction(value=flat(scope, found))
    return first_of_greatest(scope, found, labels)


@lru_cache(maxsize=1)
def _tree(model: RObject) -> BinaryTree:
    return binary_tree(model["tree"], list(inputs_of(model)), input_levels(model))


def _refuse(model: RObject) -> list[str]:
    reasons = refused_inputs(model)
    if reasons:
        return reasons
    tree, labels = _tree(model), response_levels(model)
    wanted = 1 if labels is None else len(labels)
    if any(len(part) != wanted for part in tree.predictions):
        return [*tree.reasons, f"its leaves do not hold {wanted} numbers each"]
    return tree.reasons


MODEL = Model(
    classes=["BinaryTree"],
    package="party",
    variables=input_variables,
    convert=_convert,
    refuse=_refuse,
    ask=ASK,
    source="party 1.3-11, ctreefit, predict.BinaryTree, Predict.c",
)
