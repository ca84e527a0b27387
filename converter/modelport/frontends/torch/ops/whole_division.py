"""Divisions rounded to whole numbers, and their remainders: aten.floor_divide, aten.div with a rounding mode, aten.remainder.

The exporter divides whole numbers in float32, which is wrong above 2**24, and floors a / b of floats, which is
rounded before: 1 // 0.1 is 9 in torch, not 10. Its remainder a - floor(a / b) b loses the digits that fmod keeps.

Source: c10/util/generic_math.h, div_floor_floating, div_floor_integer, div_mod.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]

_FLOAT = 1


# Any here and below: values and operators of onnxscript, or a number.
def _op() -> Any:
    from onnxscript import opset18

    return opset18


def _operands(a: Any, b: Any) -> tuple[Any, Any, bool]:
    """Both as tensors of one type, and whether they are whole numbers; a constant does not tell its own type."""
    import onnx_ir as ir

    op = _op()
    if isinstance(a, int | float):
        return op.Constant(value=ir.tensor(a, dtype=b.dtype)), b, not b.dtype.is_floating_point()
    if isinstance(b, int | float):
        b = op.Constant(value=ir.tensor(b, dtype=a.dtype))
    return a, b, not a.dtype.is_floating_point()


def _floor_divide(a: Any, b: Any) -> Any:
    op = _op()
    a, b, whole = _operands(a, b)
    if whole:
        # Towards zero, and one less where the remainder of the floor is another.
        away = op.Not(op.Equal(op.Mod(a, b), op.Mod(a, b, fmod=1)))
        return op.Sub(op.Div(a, b), op.CastLike(away, a))
    return _floored(a, b)


def _floored(a: Any, b: Any) -> Any:
    op = _op()
    zero, one = op.CastLike(0.0, a), op.CastLike(1.0, a)
    quotient = op.Div(a, b)
    rest = op.Mod(a, b, fmod=1)
    exact = op.Div(op.Sub(a, rest), b)
    exact = op.Where(_other_sign(rest, b), op.Sub(exact, one), exact)
    floor = op.Floor(exact)
    floor = op.Where(op.Greater(op.Sub(exact, floor), op.CastLike(0.5, a)), op.Add(floor, one), floor)
    return _signed(op.Where(op.Equal(b, zero), quotient, floor), quotient)


def _signed(value: Any, like: Any) -> Any:
    """The magnitude of one with the sign of the other, of a 0 too, which ONNX Runtime's Where and Sign lose."""
    op = _op()
    zero, one = op.CastLike(0.0, like), op.CastLike(1.0, like)
    negative = op.Or(op.Less(like, zero), op.Less(op.Div(one, like), zero))
    return op.Mul(op.Abs(value), op.Where(negative, op.Neg(one), one))


def _other_sign(rest: Any, b: Any) -> Any:
    op = _op()
    zero = op.CastLike(0.0, rest)
    return op.And(op.Not(op.Equal(rest, zero)), op.Xor(op.Less(b, zero), op.Less(rest, zero)))


def _remainder(a: Any, b: Any) -> Any:
    op = _op()
    a, b, whole = _operands(a, b)
    if whole:
        return op.Mod(a, b)
    rest = op.Mod(a, b, fmod=1)
    return op.Where(_other_sign(rest, b), op.Add(rest, b), rest)


def _divide(a: Any, b: Any, rounding_mode: str | None = None) -> Any:
    op = _op()
    if rounding_mode == "floor":
        return _floor_divide(a, b)
    a, b, whole = _operands(a, b)
    if rounding_mode == "trunc" and whole:
        return op.Div(a, b)
    if whole:
        a, b = op.Cast(a, to=_FLOAT), op.Cast(b, to=_FLOAT)
    quotient = op.Div(a, b)
    return _signed(op.Floor(op.Abs(quotient)), quotient) if rounding_mode == "trunc" else quotient


OP = Operator(
    {
        "aten.floor_divide.default": _floor_divide,
        "aten.floor_divide.Scalar": _floor_divide,
        "aten.div.Tensor_mode": _divide,
        "aten.div.Scalar_mode": _divide,
        "aten.remainder.Tensor": _remainder,
        "aten.remainder.Scalar": _remainder,
        "aten.remainder.Scalar_Tensor": _remainder,
    }
)
