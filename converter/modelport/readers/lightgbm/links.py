"""LightGBM's objectives: what each makes of the raw sums when it predicts (ConvertOutput)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder

__all__ = ["Link", "converted", "link_of", "parse_as_lightgbm"]

Kind = Literal["identity", "square", "exp", "sigmoid", "sigmoids", "softmax", "softplus"]

_KINDS: dict[str, Kind] = {
    "regression": "identity",
    "regression_l1": "identity",
    "huber": "identity",
    "fair": "identity",
    "quantile": "identity",
    "mape": "identity",
    "lambdarank": "identity",
    "rank_xendcg": "identity",
    "poisson": "exp",
    "gamma": "exp",
    "tweedie": "exp",
    "binary": "sigmoid",
    "cross_entropy": "sigmoid",
    "cross_entropy_lambda": "softplus",
    "multiclass": "softmax",
    "multiclassova": "sigmoids",
    "custom": "identity",
}
# Other names of the same: older versions write some of them, people write the others (ParseObjectiveAlias, config.h).
_ALIASES = {
    **dict.fromkeys(
        ("regression_l2", "mean_squared_error", "mse", "l2", "l2_root", "root_mean_squared_error"), "regression"
    ),
    "rmse": "regression",
    **dict.fromkeys(("mean_absolute_error", "l1", "mae"), "regression_l1"),
    "softmax": "multiclass",
    **dict.fromkeys(("multiclass_ova", "ova", "ovr"), "multiclassova"),
    "xentropy": "cross_entropy",
    "xentlambda": "cross_entropy_lambda",
    "mean_absolute_percentage_error": "mape",
    **dict.fromkeys(("xendcg", "xe_ndcg", "xe_ndcg_mart", "xendcg_mart"), "rank_xendcg"),
    **dict.fromkeys(("none", "null", "na"), "custom"),
}
# Those that take a square root of the response in training where reg_sqrt says so; the others ignore it.
_ROOTED = ("regression", "regression_l1", "fair", "quantile", "mape")

# Terms of the series of 2 artanh(s): s² <= 1/9, so the first term left out is below 2**-58 of the sum.
_TERMS = 18


@dataclass(frozen=True)
class Link:
    """``kind`` of inverse link; ``sigmoid`` is the factor of its exponent."""

    kind: Kind
    sigmoid: float = 1.0


def link_of(objective: str | None) -> Link | None:
    """Reads the objective's line; None for one that is not known. A custom objective has no line and no link."""
    if objective is None:
        return Link("identity")
    given_name, *options = objective.split() or [""]
    name = _ALIASES.get(given_name, given_name)
    kind = _KINDS.get(name)
    if kind is None:
        return None
    if name in _ROOTED and "sqrt" in options:
        return Link("square")
    factors = [option.partition(":")[2] for option in options if option.startswith("sigmoid:")]
    factor = parse_as_lightgbm(factors[0]) if factors and name in ("binary", "multiclassova") else 1.0
    return Link(kind, factor)


def parse_as_lightgbm(text: str) -> float:
    """Reads a number as Common::Atof does: digit after digit in double, so the last bit may not be the nearest."""
    mantissa, _, exponent = text.strip().lower().partition("e")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    value = 0.0
    for digit in whole:
        value = value * 10.0 + int(digit)
    if fraction:
        right = 0.0
        for digit in fraction:
            right = int(digit) + right * 10.0
        value += right / _power(10.0, len(fraction))
    scale, left = 1.0, min(abs(int(exponent or 0)), 308)
    for factor, step in ((1e50, 50), (1e8, 8), (10.0, 1)):
        while left >= step:
            scale *= factor
            left -= step
    value = value / scale if exponent.startswith("-") else value * scale
    return -value if mantissa.startswith("-") else value


def _power(base: float, power: int) -> float:
    """Common::Pow, multiplication for multiplication."""
    if power == 0:
        return 1.0
    if power % 2 == 0:
        return _power(base * base, power // 2)
    if power % 3 == 0:
        return _power(base * base * base, power // 3)
    return base * _power(base, power - 1)


def converted(builder: GraphBuilder, raw: ir.Value, link: Link) -> ir.Value:
    """[N, K] raw sums -> [N, K] predictions.

    Numerics: stated ULP of exp and log, one rounding for each other operation, as in the source.
    """
    b = builder
    if link.kind == "identity":
        return raw
    if link.kind == "square":
        # Sign(x) * x is |x| exactly.
        return b.op("Mul", b.op("Abs", raw), raw)
    if link.kind == "exp":
        return b.op("Exp", raw)
    if link.kind == "softmax":
        axis = b.constant(np.array([1], dtype=np.int64))
        shifted = b.op("Exp", b.op("Sub", raw, b.op("ReduceMax", raw, axis, keepdims=1)))
        return b.op("Div", shifted, b.op("ReduceSum", shifted, axis, keepdims=1))
    if link.kind == "softplus":
        return _log1p(b, b.op("Exp", raw))
    one = b.constant(np.asarray(1.0))
    exponent = b.op("Neg", raw) if link.sigmoid == 1.0 else b.op("Mul", b.constant(np.asarray(-link.sigmoid)), raw)
    return b.op("Div", one, b.op("Add", one, b.op("Exp", exponent)))


def _log1p(b: GraphBuilder, y: ir.Value) -> ir.Value:
    """log(1 + y) of y >= 0: onnxruntime has no log1p, and 1 + y alone loses what is small in y.

    Up to y = 1 by the series of 2 artanh(y / (2 + y)), whose terms are all positive, so no bit cancels.
    """
    one, two = b.constant(np.asarray(1.0)), b.constant(np.asarray(2.0))
    large = b.op("Greater", y, one, dtype=ir.DataType.BOOL)
    small = b.op("Where", large, one, y, dtype=ir.DataType.DOUBLE)
    s = b.op("Div", small, b.op("Add", two, small))
    square = b.op("Mul", s, s)
    total = b.constant(np.asarray(1.0 / (2 * _TERMS + 1)))
    for n in range(_TERMS - 1, -1, -1):
        total = b.op("Add", b.op("Mul", square, total), b.constant(np.asarray(1.0 / (2 * n + 1))))
    series = b.op("Mul", b.op("Mul", two, s), total)
    return b.op("Where", large, b.op("Log", b.op("Add", one, y)), series, dtype=ir.DataType.DOUBLE)
