"""How classifiers of R come to a label: the greatest score, lots among the greatest, or a border for the second of two."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, both_classes, flat, row_sum, shares_of_powers
from modelport.frontends.r._random_ties import undecided_near_ties
from modelport.frontends.r._scope import Scope
from modelport.ir.contract import Label
from modelport.ir.prediction import Prediction

__all__ = ["beyond_border", "by_vote", "drawn", "first_of_greatest", "from_border", "shares_by_exp"]


def first_of_greatest(
    scope: Scope, scores: ir.Value, classes: Sequence[Label], *, ties: Literal["first", "any"] = "first"
) -> Prediction:
    """[N, C] -> label, the first of the greatest, and the scores as probability."""
    return Prediction(
        index=argmax(scope, scores),
        scores=scores,
        rule="argmax",
        ties=ties,
        probability=scores,
        classes=tuple(classes),
    )


def drawn(scope: Scope, probability: ir.Value, classes: Sequence[Label]) -> Prediction:
    """[N, C] -> label by max.col(), which draws lots near the greatest, and probability."""
    scores = undecided_near_ties(scope, probability)
    return Prediction(
        index=argmax(scope, scores), scores=scores, rule="argmax", probability=probability, classes=tuple(classes)
    )


def by_vote(scope: Scope, shares: ir.Value, classes: Sequence[Label]) -> Prediction:
    """[N, C] -> label by the votes of trees, and their shares as probability; R draws lots among equal ones."""
    scope.notes.append(
        "R breaks ties of votes at random; here the first of the tied classes in level order is the label"
    )
    return first_of_greatest(scope, shares, classes, ties="any")


def beyond_border(
    scope: Scope, classes: Sequence[Label], probability: ir.Value, score: ir.Value | None = None, border: float = 0.5
) -> Prediction:
    """The second of two classes where the score [N, 1], else its probability [N, 1], exceeds the border; the value is that
    probability."""
    b = scope.builder
    single = flat(scope, probability if score is None else score)
    above = b.op("Greater", single, b.constant(np.asarray(border)), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(above, ir.DataType.INT64),
        scores=single,
        rule="positive",
        border=border,
        probability=both_classes(scope, probability),
        value=flat(scope, probability),
        classes=tuple(classes),
    )


def from_border(
    scope: Scope, classes: Sequence[Label], probability: ir.Value, border: float = 0.5, shares: ir.Value | None = None
) -> Prediction:
    """The second of two classes unless its probability [N, 1] is below the border; ``shares`` [N, 2] where they are known."""
    b = scope.builder
    single = flat(scope, probability)
    below = b.op("Less", single, b.constant(np.asarray(border)), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.op("Sub", b.constant(np.asarray(1, dtype=np.int64)), b.cast(below, ir.DataType.INT64)),
        scores=single,
        rule="positive",
        border=border,
        probability=both_classes(scope, probability) if shares is None else shares,
        classes=tuple(classes),
    )


def shares_by_exp(scope: Scope, scores: ir.Value) -> ir.Value:
    """exp(x) / Σ exp(x), the greatest not taken off: beyond 709 R gives NaN. [N, C] -> [N, C]."""
    powers = scope.builder.op("Exp", scores)
    value = scope.builder.op("Div", powers, row_sum(scope, powers, keep=True))
    return scope.claim(value, [scores], shares_of_powers, "4 ULP of exp and C eps of the sum of C of them")
