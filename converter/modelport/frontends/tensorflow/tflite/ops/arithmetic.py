"""Operators element by element: arithmetic, comparisons, activations, casts."""

import math
from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, Refusal
from modelport.frontends.tensorflow.tflite.tables import tabled

__all__ = ["OPS"]

_BOOL = ir.DataType.BOOL


def _unary(op_type: str) -> Handler:
    return lambda node: node.put_real(node.op(op_type, node.real(0)))


def _binary(op_type: str) -> Handler:
    return lambda node: node.put_real(node.op(op_type, node.real(0), node.real(1)))


def _compared(op_type: str, *, negate: bool = False) -> Handler:
    def handle(node: Node) -> None:
        found = node.op(op_type, node.real(0), node.real(1), dtype=_BOOL)
        node.put(node.op("Not", found) if negate else found)

    return handle


def _made(function: Callable[[Node, Value], Value]) -> Handler:
    return lambda node: node.put_real(function(node, node.real(0)))


def _between(low: float, high: float) -> Handler:
    return _made(lambda node, x: node.op("Clip", x, node.float(low), node.float(high)))


def _integers(node: Node) -> bool:
    return node.tensor(0).dtype in ("int32", "int64") and node.scope.quantized(node.operator.inputs[0]) is None


def _chosen(op_type: str) -> Handler:
    """The greater or the smaller of two: TensorFlow Lite gives NaN only where the kernel's comparison happens to."""
    return _binary(op_type)


def _floor_div(node: Node) -> None:
    a, b = node.real(0), node.real(1)
    if not _integers(node):
        node.put_real(node.op("Floor", node.op("Div", a, b)))
        return
    # Div of integers goes towards zero: one less where there is a rest and the signs differ.
    rest = node.op("Mod", a, b)
    node.put(node.op("Div", node.op("Sub", a, rest), b))


def _floor_mod(node: Node) -> None:
    a, b = node.real(0), node.real(1)
    if _integers(node):
        node.put(node.op("Mod", a, b))
        return
    rest = node.op("Mod", a, b, fmod=1)
    zero = node.float(0)
    other = node.op("Xor", node.op("Less", rest, zero, dtype=_BOOL), node.op("Less", b, zero, dtype=_BOOL))
    wrong = node.op("And", other, node.op("Not", node.op("Equal", rest, zero, dtype=_BOOL)))
    node.put_real(node.op("Where", wrong, node.op("Add", rest, b), rest, dtype=rest.dtype))


def _squared_difference(node: Node) -> None:
    difference = node.op("Sub", node.real(0), node.real(1))
    node.put_real(node.op("Mul", difference, difference))


def _add_n(node: Node) -> None:
    total = node.real(0)
    for place in range(1, len(node.operator.inputs)):
        total = node.op("Add", total, node.real(place))
    node.put_real(total)


def _hard_swish(node: Node, x: Value) -> Value:
    gate = node.op("Clip", node.op("Add", x, node.float(3)), node.float(0), node.float(6))
    return node.op("Mul", node.op("Mul", x, gate), node.float(1 / 6))


def _leaky(node: Node) -> None:
    node.put_real(node.op("LeakyRelu", node.real(0), alpha=float(node.options.alpha)))


def _prelu(node: Node) -> None:
    x, slope = node.real(0), node.real(1)
    negative = node.op("Less", x, node.float(0), dtype=_BOOL)
    node.put_real(node.op("Where", negative, node.op("Mul", x, slope), x, dtype=x.dtype))


def _gelu(node: Node) -> None:
    node.put_real(node.op("Gelu", node.real(0), approximate="tanh" if node.options.approximate else "none"))


def _softmax(node: Node) -> None:
    x = node.real(0)
    beta = float(node.options.beta)
    if beta != 1.0:
        x = node.op("Mul", x, node.float(beta))
    node.put_real(node.op("Softmax", x, axis=-1))


def _l2_normalized(node: Node) -> None:
    x = node.real(0)
    square = node.op("ReduceSum", node.op("Mul", x, x), node.emit.ints(-1), keepdims=1)
    # TensorFlow Lite never divides by less than 1e-6.
    length = node.op("Max", node.op("Sqrt", square), node.float(1e-6))
    node.put_real(node.op("Div", x, length))


def _local_response(node: Node) -> None:
    options = node.options
    size = 2 * int(options.radius) + 1
    turned = node.op("Transpose", node.real(0), perm=[0, 3, 1, 2])
    given = node.op(
        "LRN",
        turned,
        size=size,
        alpha=float(options.alpha) * size,
        beta=float(options.beta),
        bias=float(options.bias),
    )
    node.put_real(node.op("Transpose", given, perm=[0, 2, 3, 1]))


def _cast(node: Node) -> None:
    value = node.raw(0)
    source, target = node.tensor(0).dtype, node.output().dtype
    if target not in ELEMENTS or source not in ELEMENTS or "string" in (source, target):
        raise Refusal(f"from {source} to {target}")
    if value.dtype != ELEMENTS[source]:
        raise Refusal("of integers that stand for real numbers")
    node.put(node.emit.cast(value, ELEMENTS[target]))


def _sign(node: Node, x: Value) -> Value:
    return node.op("Sign", x)


def _atan2(node: Node) -> None:
    y, x = node.real(0), node.real(1)
    zero = node.float(0)
    base = node.op("Atan", node.op("Div", y, x))
    below = node.op("Less", y, zero, dtype=_BOOL)
    turn = node.op("Where", below, node.float(-math.pi), node.float(math.pi), dtype=y.dtype)
    left = node.op("Less", x, zero, dtype=_BOOL)
    angle = node.op("Where", left, node.op("Add", base, turn), base, dtype=y.dtype)
    upright = node.op("Equal", x, zero, dtype=_BOOL)
    half = node.op("Mul", node.op("Sign", y), node.float(math.pi / 2))
    node.put_real(node.op("Where", upright, half, angle, dtype=y.dtype))


def _square(node: Node, x: Value) -> Value:
    return node.op("Mul", x, x)


def _rsqrt(node: Node, x: Value) -> Value:
    if node.tensor(0).quantized and node.tensor(0).dtype == "int16":
        raise Refusal("in 16 bits, where its kernel interpolates in a table of its own")
    return node.op("Reciprocal", node.op("Sqrt", x))


def _log_softmax(node: Node, x: Value) -> Value:
    return node.op("LogSoftmax", x, axis=-1)


def _bitwise(node: Node) -> None:
    node.put(node.op("BitwiseXor", node.raw(0), node.raw(1)))


def _zeros(node: Node) -> None:
    value = node.raw(0)
    shape = node.op("Shape", value, dtype=ir.DataType.INT64)
    zero = ir.tensor(np.zeros(1, dtype=node.tensor(0).dtype))
    node.put(node.op("ConstantOfShape", shape, dtype=zero.dtype, value=zero))


OPS: dict[str, Handler] = {
    "ABS": _unary("Abs"),
    "ADD": _binary("Add"),
    "ADD_N": _add_n,
    "ATAN2": _atan2,
    "BITWISE_XOR": _bitwise,
    "CAST": _cast,
    "CEIL": _unary("Ceil"),
    "COS": _unary("Cos"),
    "DIV": _binary("Div"),
    "ELU": tabled("ELU", _unary("Elu")),
    "EQUAL": _compared("Equal"),
    "EXP": _unary("Exp"),
    "FLOOR": _unary("Floor"),
    "FLOOR_DIV": _floor_div,
    "FLOOR_MOD": _floor_mod,
    "GELU": tabled("GELU", _gelu),
    "GREATER": _compared("Greater"),
    "GREATER_EQUAL": _compared("GreaterOrEqual"),
    "HARD_SWISH": _made(_hard_swish),
    "L2_NORMALIZATION": _l2_normalized,
    "LEAKY_RELU": _leaky,
    "LESS": _compared("Less"),
    "LESS_EQUAL": _compared("LessOrEqual"),
    "LOCAL_RESPONSE_NORMALIZATION": _local_response,
    "LOG": _unary("Log"),
    "LOGICAL_AND": _binary("And"),
    "LOGICAL_NOT": _unary("Not"),
    "LOGICAL_OR": _binary("Or"),
    "LOGISTIC": tabled("LOGISTIC", _unary("Sigmoid")),
    "LOG_SOFTMAX": _made(_log_softmax),
    "MAXIMUM": _chosen("Max"),
    "MINIMUM": _chosen("Min"),
    "MUL": _binary("Mul"),
    "NEG": _unary("Neg"),
    "NOT_EQUAL": _compared("Equal", negate=True),
    "POW": _binary("Pow"),
    "PRELU": _prelu,
    "RELU": _unary("Relu"),
    "RELU6": _between(0, 6),
    "RELU_0_TO_1": _between(0, 1),
    "RELU_N1_TO_1": _between(-1, 1),
    "ROUND": _unary("Round"),
    "RSQRT": _made(_rsqrt),
    "SIGN": _made(_sign),
    "SIN": _unary("Sin"),
    "SOFTMAX": _softmax,
    "SQRT": _unary("Sqrt"),
    "SQUARE": _made(_square),
    "SQUARED_DIFFERENCE": _squared_difference,
    "SUB": _binary("Sub"),
    "TANH": tabled("TANH", _unary("Tanh")),
    "ZEROS_LIKE": _zeros,
}
