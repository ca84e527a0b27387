"""From scores to labels and probabilities, and the columns of values: what several front ends emit alike."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._emitting import Emitting
from modelport.ir.claims import Local

__all__ = [
    "argmax",
    "both_classes",
    "column",
    "columns",
    "exp",
    "expit",
    "flat",
    "one",
    "row_sum",
    "shares",
    "shares_of_powers",
    "softmax",
]

_TINY = float(np.finfo(np.float64).tiny)


def flat(scope: Emitting, value: ir.Value) -> ir.Value:
    """[N, 1] -> [N]."""
    return scope.builder.op("Squeeze", value, scope.builder.constant(np.array([1], dtype=np.int64)))


def column(scope: Emitting, value: ir.Value) -> ir.Value:
    """[N] -> [N, 1]."""
    return scope.builder.op("Unsqueeze", value, scope.builder.constant(np.array([1], dtype=np.int64)))


def columns(scope: Emitting, value: ir.Value, count: int) -> list[ir.Value]:
    """[N, K] -> K values [N]."""
    b = scope.builder
    # A scalar index takes the axis away.
    return [b.op("Gather", value, b.constant(np.asarray(k, dtype=np.int64)), axis=1) for k in range(count)]


def row_sum(scope: Emitting, value: ir.Value, *, keep: bool = False) -> ir.Value:
    """[N, K] -> [N], or [N, 1]."""
    b = scope.builder
    return b.op("ReduceSum", value, b.constant(np.array([1], dtype=np.int64)), keepdims=int(keep))


def one(scope: Emitting, value: ir.Value) -> ir.Value:
    """The constant 1 in the type of the value."""
    return scope.builder.constant(np.asarray(1.0), value.dtype)


def exp(scope: Emitting, value: ir.Value) -> ir.Value:
    """e**x; 2 ULP in onnxruntime's double kernel."""
    return scope.builder.op("Exp", value)


def expit(scope: Emitting, value: ir.Value) -> ir.Value:
    """1 / (1 + exp(-x)): onnxruntime's own Sigmoid saturates below about -18 in double."""
    b = scope.builder
    unit = one(scope, value)
    return b.op("Div", unit, b.op("Add", unit, b.op("Exp", b.op("Neg", value))))


def both_classes(scope: Emitting, positive: ir.Value) -> ir.Value:
    """[N, 1] -> [N, 2]: 1 - p and p."""
    b = scope.builder
    return b.op("Concat", b.op("Sub", one(scope, positive), positive), positive, axis=1)


def shares(scope: Emitting, parts: ir.Value) -> ir.Value:
    """Each part of a row over their sum; equal shares where all parts are 0. [N, C] -> [N, C]."""
    b = scope.builder
    total = row_sum(scope, parts, keep=True)
    none = b.op("Equal", total, b.constant(np.asarray(0.0), parts.dtype), dtype=ir.DataType.BOOL)
    unit = b.op("Where", none, one(scope, parts), parts, dtype=parts.dtype)
    return b.op("Div", unit, b.op("Where", none, row_sum(scope, unit, keep=True), total, dtype=parts.dtype))


def softmax(scope: Emitting, scores: ir.Value) -> ir.Value:
    """exp(x - max) / Σ exp(x - max), as sklearn.utils.extmath.softmax; [N, C] -> [N, C]."""
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    shifted = b.op("Exp", b.op("Sub", scores, b.op("ReduceMax", scores, axis, keepdims=1)))
    value = b.op("Div", shifted, row_sum(scope, shifted, keep=True))
    return scope.claim(value, [scores], shares_of_powers, "4 ULP of exp and C eps of the sum of a softmax of C scores")


def shares_of_powers(n: Local) -> npt.NDArray[np.float64]:
    """How far exp(x) / Σ exp(x) may lie off: each share is greatest where its own score is and the others are least.

    Interval by interval, x - max would count the deviation of the greatest score twice, and exp make it an infinity.
    """
    low, high = n.ends()
    count = low.shape[1]
    most = np.where(np.isfinite(high), high, -np.inf).max(axis=1, keepdims=True)
    least, greatest = (np.exp(end - most) for end in (low, high))
    # The other terms by subtraction, with room for its rounding.
    room = 4 * count * np.finfo(np.float64).eps
    others_low = np.maximum(least.sum(axis=1, keepdims=True) * (1 - room) - least, 0.0)
    others_high = np.maximum(greatest.sum(axis=1, keepdims=True) * (1 + room) - greatest, 0.0)
    r = n.result
    # Where scores deviate, their differences from the greatest are rounded differently on either side.
    distance = np.where(n.d().max(axis=1, keepdims=True) > 0, np.minimum(np.abs(n.x() - most), 1e4), 0.0)
    own = n.eps * (2 * count + 10 + distance) * np.abs(r) + float(np.finfo(np.float32).tiny if n.eps > 1e-10 else _TINY)
    spread = n.spread(greatest / (greatest + others_low), least / (least + others_high)) if n.d().any() else 0.0
    deviation = own + spread
    # A share lies between 0 and 1, whatever its scores do.
    return np.where(np.isnan(r), 0.0, np.minimum(np.where(np.isnan(deviation), 1.0, deviation), 1.0))


def argmax(scope: Emitting, scores: ir.Value) -> ir.Value:
    """int64 [N]: the first of the greatest, as numpy."""
    return scope.builder.op("ArgMax", scores, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0)
