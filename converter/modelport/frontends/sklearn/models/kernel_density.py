"""KernelDensity: the logarithm of a sum of kernels around the training rows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._metrics import METRICS, direct_distances
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _refuse(estimator: Any) -> list[str]:
    reasons = []
    if not isinstance(estimator.metric, str) or estimator.metric not in METRICS:
        reasons.append(f"metric={getattr(estimator.metric, '__name__', estimator.metric)!r}")
    if estimator.atol or estimator.rtol:
        reasons.append(
            "atol or rtol: the source leaves out what lies below them, in an order of its own; fit with both at 0"
        )
    return reasons


def _log_kernel(scope: Scope, kernel: str, away: ir.Value, width: float) -> ir.Value:
    """[N, M] -> the logarithm of the kernel, at most 0; -inf outside of its support."""
    b = scope.builder
    h, one = b.constant(np.asarray(width)), b.constant(np.asarray(1.0))
    square = b.op("Mul", away, away)
    if kernel == "gaussian":
        return b.op("Div", b.op("Mul", b.constant(np.asarray(-0.5)), square), b.constant(np.asarray(width * width)))
    if kernel == "exponential":
        return b.op("Neg", b.op("Div", away, h))
    inside = b.op("Less", away, h, dtype=_BOOL)
    # Where it is outside, any number will do before it is taken out.
    near = b.op("Where", inside, away, b.constant(np.asarray(0.0)), dtype=_DOUBLE)
    if kernel == "tophat":
        value = b.op("Where", inside, b.constant(np.asarray(0.0)), near, dtype=_DOUBLE)
    elif kernel == "epanechnikov":
        share = b.op("Div", b.op("Mul", near, near), b.constant(np.asarray(width * width)))
        value = b.op("Log", b.op("Sub", one, share))
    elif kernel == "linear":
        value = b.op("Log", b.op("Sub", one, b.op("Div", near, h)))
    else:
        angle = b.op("Div", b.op("Mul", b.constant(np.asarray(0.5 * np.pi)), near), h)
        value = b.op("Log", b.op("Cos", angle))
    return b.op("Where", inside, value, b.constant(np.asarray(-np.inf)), dtype=_DOUBLE)


def _log_sum(scope: Scope, logs: ir.Value, weights: Array | None, total: float) -> ir.Value:
    """[N, M] -> [N, 1]: log Σ w·exp(x).

    Numerics: the source adds up bounds of the nodes of a tree and takes them off again, each time with a logarithm. What
    is left of that is of the size of the greatest bound, W·max K, not of the sum: claimed as eps (log W + 10) of it for
    each of at most 4 M steps.
    """
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    most = b.op("ReduceMax", logs, axis, keepdims=1)
    finite = b.op("Greater", most, b.constant(np.asarray(-np.inf)), dtype=_BOOL)
    shift = b.op("Where", finite, most, b.constant(np.asarray(0.0)), dtype=_DOUBLE)
    powers = b.op("Exp", b.op("Sub", logs, shift))
    if weights is not None:
        powers = b.op("Mul", powers, b.constant(weights))
    value = b.op("Add", b.op("Log", row_sum(scope, powers, keep=True)), shift)

    def rule(n: Local) -> Array:
        low, high = n.ends()
        low, high = np.where(np.isnan(low), -np.inf, low), np.minimum(high, 0.0)
        factors = np.ones(low.shape[1]) if weights is None else weights
        sums = [(np.exp(end) * factors).sum(axis=1, keepdims=True) for end in (low, high)]
        noise = 4 * len(factors) * n.eps * (np.log(max(total, 1.0)) + 10) * total
        ends = np.log(np.maximum(sums[0] - noise, 0.0)), np.log(sums[1] + noise)
        return np.asarray(n.spread(*ends) + 8 * n.eps * np.where(np.isfinite(n.result), np.abs(n.result), 0.0))

    return scope.claim(value, [logs], rule, "4 M eps (log W + 10) W of sums and differences of a tree's bounds")


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> score_samples [N]. Numerics: see ``_log_sum``."""
    from sklearn.neighbors._kd_tree import kernel_norm

    scope.passed(table, "KernelDensity")
    scope.read_whole(table)
    b = scope.builder
    tree = estimator.tree_
    fitted = np.asarray(tree.data, dtype=np.float64)
    weights = None if tree.sample_weight is None else np.asarray(tree.sample_weight, dtype=np.float64)
    total = float(len(fitted)) if weights is None else float(tree.sum_weight)
    width = float(estimator.bandwidth_)
    options = {"p": 2, **(estimator.metric_params or {})}
    metric = str(estimator.metric)
    if metric in ("minkowski", "p") and options["p"] in (1, 2, np.inf) and "w" not in options:
        metric = {1: "manhattan", 2: "euclidean"}.get(options["p"], "chebyshev")
    found = direct_distances(scope, b.cast(table.matrix(b), _DOUBLE), fitted, metric, options)
    away = found.of_rank(found.rank)
    logs = _log_kernel(scope, estimator.kernel, away, width)
    norm = b.constant(np.asarray(float(kernel_norm(width, fitted.shape[1], estimator.kernel, True))))
    density = b.op("Add", flat(scope, _log_sum(scope, logs, weights, total)), norm)
    return Prediction(score_samples=b.op("Sub", density, b.constant(np.asarray(np.log(total)))), task="density")


MODEL = Model(
    classes=["sklearn.neighbors.KernelDensity"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/neighbors/_kde.py and _binary_tree.pxi of 1.9, score_samples, kernel_density",
)
