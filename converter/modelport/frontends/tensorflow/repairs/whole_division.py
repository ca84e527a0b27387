"""Division and remainder of whole numbers and of floats, towards minus infinity or towards zero.

tf2onnx writes FloorDiv of whole numbers as Div, which rounds towards zero, and FloorMod as x - y*(x/y): wrong where signs differ.

**After**, whole numbers: FloorMod is Mod, which has the sign of the divisor; TruncateMod is Mod with fmod=1; FloorDiv is Div less 1
where the two differ. Floats (tensorflow/core/kernels/cwise_ops.h): floor(x / y); fmod(x, y), and y more where the signs differ.

TensorFlow refuses to divide whole numbers by 0, where ONNX Runtime ends the process: a divisor of 0 is taken as 1.
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Operand, Writer

__all__ = ["REPAIR"]

_FLOATS = frozenset((TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16))


def _floor_div(write: Writer) -> None:
    x, y, whole = _operands(write)
    quotient = write("Div", x, y)
    if not whole:
        return write.result("Floor", quotient)
    away = write("Not", write("Equal", write("Mod", x, y), write("Mod", x, y, fmod=1)))
    return write.result("Sub", quotient, write("Cast", away, to=write.result_type()))


def _floor_mod(write: Writer) -> None:
    x, y, whole = _operands(write)
    if whole:
        return write.result("Mod", x, y)
    rest = write("Mod", x, y, fmod=1)
    zero = write.like(0.0, rest)
    apart = write("Xor", write("Less", y, zero), write("Less", rest, zero))
    # fmod is 0 of either sign there, and stays so.
    moved = write("And", apart, write("Not", write("Equal", rest, zero)))
    return write.result("Where", moved, write("Add", rest, y), rest)


def _truncate_div(write: Writer) -> None:
    x, y, whole = _operands(write)
    if whole:
        return write.result("Div", x, y)
    quotient = write("Div", x, y)
    return write.result("Mul", write("Sign", quotient), write("Floor", write("Abs", quotient)))


def _truncate_mod(write: Writer) -> None:
    x, y, _ = _operands(write)
    write.result("Mod", x, y, fmod=1)


def _operands(write: Writer) -> tuple[str, Operand, bool]:
    x, y = write.inputs
    if write.type_of(x) in _FLOATS:
        return x, y, False
    known = write.constant_of(1)
    if known is not None and np.all(known != 0):
        return x, y, True
    return x, write("Where", write("Equal", y, write.like(0, y)), write.like(1, y), y), True


REPAIR = Repair(
    "division and remainder",
    {
        "FloorDiv": _floor_div,
        "FloorMod": _floor_mod,
        "Mod": _truncate_mod,
        "TruncateDiv": _truncate_div,
        "TruncateMod": _truncate_mod,
    },
)
