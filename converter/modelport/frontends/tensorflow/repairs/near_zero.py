"""Log1p and Expm1, which keep their digits near 0, and products that give 0 where one factor is 0.

    log1p(x) = 2 atanh(x / (2 + x)) for |x| < 1/2, and log(1 + x) elsewhere;    expm1(x) = (e^x + 1) tanh(x / 2)

Neither takes away a number from one that lies near it. ONNX Runtime has no Atanh in float64: there log1p is that of
``_double_functions.py``.
"""

from onnx import TensorProto

from modelport.frontends._double_functions import log1p
from modelport.frontends.tensorflow._repair import Handler, Repair
from modelport.frontends.tensorflow._writing import Operand, Writer

__all__ = ["REPAIR"]

_SHORT = frozenset((TensorProto.FLOAT16, TensorProto.BFLOAT16))


def _log1p(write: Writer) -> None:
    x = _widened(write, write.inputs[0])
    _narrowed(write, _log1p_of(write, x))


def _log1p_of(write: Writer, x: str) -> str:
    if write.type_of(x) == TensorProto.DOUBLE:
        found: str = log1p(lambda op, *given: write(op, *(_operand(write, one, x) for one in given)), x)
        return found
    far = write("Log", write("Add", x, write.like(1.0, x)))
    half = write("Div", x, write("Add", x, write.like(2.0, x)))
    small = write("Mul", write("Atanh", half), write.like(2.0, x))
    return write("Where", write("Less", write("Abs", x), write.like(0.5, x)), small, far)


def _operand(write: Writer, given: str | float, like: str) -> Operand:
    return given if isinstance(given, str) else write.like(given, like)


def _expm1(write: Writer) -> None:
    x = _widened(write, write.inputs[0])
    larger = write("Add", write("Exp", x), write.like(1.0, x))
    _narrowed(write, write("Mul", larger, write("Tanh", write("Mul", x, write.like(0.5, x)))))


def _xlogy(write: Writer) -> None:
    x, y = (_widened(write, name) for name in write.inputs)
    _product(write, x, write("Log", y))


def _xlog1py(write: Writer) -> None:
    x, y = (_widened(write, name) for name in write.inputs)
    _product(write, x, _log1p_of(write, y))


def _xdivy(write: Writer) -> None:
    x, y = (_widened(write, name) for name in write.inputs)
    nothing = write("Equal", x, write.like(0.0, x))
    _narrowed(write, write("Where", nothing, write.like(0.0, x), write("Div", x, y)))


def _mul_no_nan(write: Writer) -> None:
    x, y = (_widened(write, name) for name in write.inputs)
    _product(write, y, x)


def _product(write: Writer, factor: str, other: str) -> None:
    """0 where ``factor`` is 0, whatever the other is."""
    nothing = write("Equal", factor, write.like(0.0, factor))
    _narrowed(write, write("Where", nothing, write.like(0.0, factor), write("Mul", factor, other)))


def _half_of_squares(write: Writer) -> None:
    x = _widened(write, write.inputs[0])
    total = write("ReduceSumSquare", x, keepdims=0)
    _narrowed(write, write("Mul", total, write.like(0.5, x)))


def _widened(write: Writer, name: str) -> str:
    """TensorFlow computes short floats in float32, and rounds once."""
    return write.cast(name, TensorProto.FLOAT) if write.type_of(name) in _SHORT else name


def _narrowed(write: Writer, name: str) -> None:
    if write.result_type() in _SHORT:
        write.result("Cast", name, to=write.result_type())
    else:
        write.result("Identity", name)


_HANDLERS: dict[str, Handler] = {
    "Expm1": _expm1,
    "L2Loss": _half_of_squares,
    "Log1p": _log1p,
    "MulNoNan": _mul_no_nan,
    "Xdivy": _xdivy,
    "Xlog1py": _xlog1py,
    "Xlogy": _xlogy,
}

REPAIR = Repair("log1p, expm1 and products with 0", _HANDLERS)
