"""From margins to what XGBoost's predict gives, operation by operation in its own types.

Its exponentials are the C library's expf, correctly rounded but for a few results in a thousand and never 1 ULP off
(glibc's stated maximum is 0.502 ULP). So exp is computed in float64 and rounded to float32: two results that are at most
one float32 apart.
"""

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder

__all__ = ["both", "exp", "flat", "sigmoid", "softmax", "softmax_of_scipy", "step"]

_FLOAT, _DOUBLE = ir.DataType.FLOAT, ir.DataType.DOUBLE


def _number(b: GraphBuilder, value: float) -> ir.Value:
    return b.constant(np.asarray(value, dtype=np.float32))


def flat(b: GraphBuilder, value: ir.Value) -> ir.Value:
    """[N, 1] -> [N]."""
    return b.op("Squeeze", value, b.constant(np.array([1], dtype=np.int64)))


def exp(b: GraphBuilder, margin: ir.Value) -> ir.Value:
    """e**x."""
    return b.cast(b.op("Exp", b.cast(margin, _DOUBLE)), _FLOAT)


def sigmoid(b: GraphBuilder, margin: ir.Value) -> ir.Value:
    """1 / (e**min(-x, 88.7) + 1). Source: src/common/math.h of 3.2, Sigmoid; its 1e-16 is lost in the sum."""
    bounded = b.op("Min", b.op("Neg", margin), _number(b, 88.7))
    return b.op("Div", _number(b, 1.0), b.op("Add", exp(b, bounded), _number(b, 1.0)))


def softmax(b: GraphBuilder, margins: ir.Value) -> ir.Value:
    """[N, C] -> [N, C]: float32 but for the sum, which is float64 and rounded. Source: src/common/math.h, Softmax."""
    axis = b.constant(np.array([1], dtype=np.int64))
    shifted = exp(b, b.op("Sub", margins, b.op("ReduceMax", margins, axis, keepdims=1)))
    total = b.cast(b.op("ReduceSum", b.cast(shifted, _DOUBLE), axis, keepdims=1), _FLOAT)
    return b.op("Div", shifted, total)


def softmax_of_scipy(b: GraphBuilder, margins: ir.Value) -> ir.Value:
    """[N, C] -> [N, C]: what the wrapper makes of multi:softmax. Source: scipy/special/_logsumexp.py, softmax."""
    axis = b.constant(np.array([1], dtype=np.int64))
    shifted = b.op("Exp", b.op("Sub", margins, b.op("ReduceMax", margins, axis, keepdims=1)))
    return b.op("Div", shifted, b.op("ReduceSum", shifted, axis, keepdims=1))


def step(b: GraphBuilder, margin: ir.Value) -> ir.Value:
    """1 above 0, else 0."""
    return b.cast(b.op("Greater", margin, _number(b, 0.0), dtype=ir.DataType.BOOL), _FLOAT)


def both(b: GraphBuilder, positive: ir.Value) -> ir.Value:
    """[N, 1] -> [N, 2]: 1 - p and p, as the wrapper does in float32."""
    return b.op("Concat", b.op("Sub", _number(b, 1.0), positive), positive, axis=1)
