"""Posterior probabilities from distances, as MASS computes them: exp(-(d - min d)) over its sum."""

from dataclasses import replace

import onnx_ir as ir

from modelport.frontends._scores import softmax
from modelport.frontends.r._labels import drawn
from modelport.frontends.r._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["by_posterior"]


def by_posterior(
    scope: Scope, distances: ir.Value, classes: tuple[str, ...], *, transformed: ir.Value | None = None
) -> Prediction:
    """[N, C] -> label by max.col() of the posterior, probability [N, C].

    Numerics: a sign turns no rounding, so exp(-(d - min d)) is exp(s - max s) of s = -d.
    """
    posterior = softmax(scope, scope.builder.op("Neg", distances))
    return replace(drawn(scope, posterior, classes), transformed=transformed)
