"""What the trees or rulesets of a C5.0 model say, one or many: the label, and confidences that add up to 1."""

from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, flat
from modelport.frontends.r._arithmetic import constant, missing_where, where
from modelport.frontends.r._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["Votes", "decided"]

_BOOL, _DOUBLE, _FLOAT = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT


@dataclass(frozen=True)
class Votes:
    """``best`` int64 [N, T]: the class of each tree, ``confidence`` float64 [N, T] what it gives it.

    Of the first: ``shares`` float64 [N, C] of the classes; ``scores`` [N, C] by which its class is chosen, for the classes
    ``places``; ``default`` the class that wins among equals.
    """

    best: ir.Value
    confidence: ir.Value
    shares: ir.Value
    scores: ir.Value
    places: tuple[int, ...]
    default: int
    count: int
    classes: int


def decided(scope: Scope, votes: Votes, levels: tuple[str, ...], refused: ir.Value | None) -> Prediction:
    """Source: classify.c, PredictBoostClassify; rsample.c, rpredictmain."""
    b = scope.builder
    if votes.count == 1:
        shares, scores, places = votes.shares, votes.scores, votes.places
        index = flat(scope, votes.best)
    else:
        shares = _boosted(scope, votes)
        places = (votes.default, *(k for k in range(votes.classes) if k != votes.default))
        order = b.constant(np.array(places, dtype=np.int64))
        scores = b.op("Gather", shares, order, axis=1)
        index = b.op("Gather", order, argmax(scope, scores), axis=0)
    probability = _whole(scope, shares, votes.classes)
    if refused is not None:
        scores, probability = (missing_where(scope, refused, value) for value in (scores, probability))
    return Prediction(index=index, scores=scores, rule="argmax", places=places, probability=probability, classes=levels)


def _boosted(scope: Scope, votes: Votes) -> ir.Value:
    """float64 [N, C]: confidences of each class over those of all; added in single precision, one tree after the other."""
    b = scope.builder
    last = b.constant(np.array([2], dtype=np.int64))
    best, confidence = (b.op("Unsqueeze", value, last) for value in (votes.best, votes.confidence))
    own = b.op("Equal", best, b.constant(np.arange(votes.classes).reshape(1, 1, -1)), dtype=_BOOL)
    given = b.op("Mul", b.cast(own, _DOUBLE), confidence)
    vote: ir.Value | None = None
    for tree in range(votes.count):
        more = b.op("Gather", given, b.constant(np.asarray(tree, dtype=np.int64)), axis=1)
        summed = more if vote is None else b.op("Add", b.cast(vote, _DOUBLE), more)
        vote = b.cast(summed, _FLOAT)
    assert vote is not None
    total = _total(scope, votes.confidence, votes.count)
    return b.op("Div", b.cast(vote, _DOUBLE), total)


def _total(scope: Scope, values: ir.Value, count: int) -> ir.Value:
    """[N, K] -> [N, 1]: added one by one."""
    b = scope.builder
    summed = b.op("CumSum", values, b.constant(np.asarray(1, dtype=np.int64)))
    return b.op("Gather", summed, b.constant(np.array([count - 1], dtype=np.int64)), axis=1)


def _whole(scope: Scope, shares: ir.Value, count: int) -> ir.Value:
    """Over their sum; equal where all are 0."""
    b = scope.builder
    total = _total(scope, shares, count)
    none = b.op("Equal", total, constant(scope, 0.0), dtype=_BOOL)
    divided = b.op("Div", shares, where(scope, none, constant(scope, 1.0), total))
    return where(scope, none, constant(scope, 1.0 / count), divided)
