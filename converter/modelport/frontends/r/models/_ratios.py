"""Shares from logarithms, as 1 / Σ exp(L - l) for each of them."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import row_sum, shares_of_powers
from modelport.frontends.r._arithmetic import concat, constant
from modelport.frontends.r._scope import Scope
from modelport.ir.claims import Local

__all__ = ["shares_of_logs"]


def _deviation(n: Local) -> npt.NDArray[np.float64]:
    """A share of powers; each difference is rounded once on either side, whether or not the logarithms deviate."""
    distance = np.minimum(np.abs(n.x() - n.x().max(axis=1, keepdims=True)), 1e4)
    own = n.eps * (2 * n.x().shape[1] + 10 + 2 * distance) * np.abs(n.result)
    return np.minimum(shares_of_powers(n) + np.where(np.isnan(own), 1.0, own), 1.0)


def shares_of_logs(scope: Scope, logs: ir.Value, count: int) -> ir.Value:
    """[N, C] -> [N, C]."""
    b = scope.builder
    parts = []
    for k in range(count):
        own = b.op("Gather", logs, b.constant(np.array([k], dtype=np.int64)), axis=1)
        parts.append(b.op("Div", constant(scope, 1.0), row_sum(scope, b.op("Exp", b.op("Sub", logs, own)), keep=True)))
    value = b.op("Identity", concat(scope, parts))
    return scope.claim(value, [logs], _deviation, "eps (4 C + 20 + 2 |l - max|) of 1 / Σ exp(L - l)")
