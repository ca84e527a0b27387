"""From joint log likelihoods to probabilities, without leaving the logarithms."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, exp, row_sum, shares_of_powers
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["by_likelihood", "log_sum_exp", "shares_of_logs"]


def log_sum_exp(scope: Scope, logs: ir.Value) -> ir.Value:
    """[N, C] -> [N, 1]: log Σ exp(x), the greatest taken out.

    Numerics: no x moves the result by more than it moves itself, since its derivatives add up to 1. The rest is
    claimed: each side sums C terms of at most 1, each with 4 ULP of exp and half a rounding of its argument, of which
    x·e**-x keeps less than 1; then 4 ULP of log and one addition.
    """
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    most = b.op("ReduceMax", logs, axis, keepdims=1)
    total = b.op("Log", row_sum(scope, exp(scope, b.op("Sub", logs, most)), keep=True))
    value = b.op("Add", total, most)

    def rule(n: Local) -> npt.NDArray[np.float64]:
        count = n.x().shape[1]
        own = n.eps * (count + 6 + 4 * np.log(max(count, 2)) + np.abs(n.result))
        return np.asarray(np.where(np.isfinite(n.result), own + n.d().max(axis=1, keepdims=True), 0.0))

    return scope.claim(value, [logs], rule, "eps (C + 6 + 4 log C + |r|) of a log-sum-exp of C terms")


def by_likelihood(scope: Scope, joint: ir.Value) -> Prediction:
    """[N, C] -> the class of the greatest, and exp(x - log Σ exp(x)) as probability."""
    probability = exp(scope, scope.builder.op("Sub", joint, log_sum_exp(scope, joint)))
    claimed = scope.claim(probability, [joint], shares_of_logs, "eps (3 C + 30 + |x|) of shares by log-sum-exp")
    return Prediction(index=argmax(scope, joint), scores=joint, rule="argmax", probability=claimed)


def shares_of_logs(n: Local) -> npt.NDArray[np.float64]:
    """``shares_of_powers``, and what the difference of two logarithms of size |x| loses before exp."""
    size = np.minimum(np.abs(n.x()).max(axis=1, keepdims=True), 1e300)
    count = n.x().shape[1]
    own = n.eps * (count + 20 + 4 * size) * np.abs(n.result)
    return np.minimum(shares_of_powers(n) + np.where(np.isfinite(own), own, 1.0), 1.0)
