"""Checks that the arrays of a LightGBM model are trees: every index points at something, every node is reached once."""

from collections.abc import Callable

import numpy as np

from modelport.errors import ModelFileError
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["check_model"]


def check_model(model: LightGBMModel, fault: Callable[[str], ModelFileError]) -> LightGBMModel:
    """Returns the model itself. Raises: what ``fault`` makes of the first thing that is wrong."""
    _check_children(model, fault)
    width = len(model.names)
    if ((model.feature < 0) | (model.feature >= width)).any():
        raise fault("a split reads a feature that the model does not have")
    if ((model.decision < 0) | (model.decision > 15)).any():
        raise fault("a split has an unknown decision_type")
    if np.isnan(model.threshold).any():
        raise fault("a threshold is no number")
    categorical = (model.decision & 1).astype(np.bool_) & np.repeat(model.sets > 0, model.leaves - 1)
    number = model.threshold[categorical]
    limit = np.repeat(model.sets, model.leaves - 1)[categorical]
    if ((number != np.trunc(number)) | (number < 0) | (number >= limit)).any():
        raise fault("a split reads a category set that its tree does not have")
    linear = model.linear
    if linear is not None and ((linear.feature < 0) | (linear.feature >= width)).any():
        raise fault("a leaf reads a feature that the model does not have")
    return model


def _check_children(model: LightGBMModel, fault: Callable[[str], ModelFileError]) -> None:
    """Every split but the first and every leaf is the child of exactly one split, one that stands before it.

    So nothing loops: from any node the numbers of its parents fall until the first split.
    """
    leaves = np.repeat(model.leaves, model.leaves - 1)
    first_split = np.repeat(model.first_split[:-1], model.leaves - 1)
    first_leaf = np.repeat(model.first_leaf[:-1], model.leaves - 1)
    own = np.arange(len(model.left)) - first_split
    splits_met = np.zeros(len(model.left), dtype=np.int64)
    leaves_met = np.zeros(len(model.leaf_value), dtype=np.int64)
    for child in (model.left, model.right):
        inner = child >= 0
        if (np.where(inner, child >= leaves - 1, -1 - child >= leaves)).any():
            raise fault("a child is no node of its tree")
        if (inner & (child <= own)).any():
            raise fault("its trees loop")
        splits_met += np.bincount((first_split + child)[inner], minlength=len(splits_met))
        leaves_met += np.bincount((first_leaf - 1 - child)[~inner], minlength=len(leaves_met))
    roots = np.zeros(len(model.left), dtype=np.int64)
    roots[model.first_split[:-1][model.leaves > 1]] = 1
    alone = model.first_leaf[:-1][model.leaves == 1]
    leaves_met[alone] += 1
    if (splits_met + roots != 1).any() or (leaves_met != 1).any():
        raise fault("a node has two parents or none")
