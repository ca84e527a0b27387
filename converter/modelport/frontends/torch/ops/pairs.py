"""Functions of two numbers that ONNX lacks: fmax, fmin, hypot, copysign; and signbit, which asks for the sign of a zero too.

    signbit(x) = x < 0 or 1 / x < 0                     the latter where x is -0
    fmax(x, y) = y where x is no number, x where y is none, else the greater

Source: torch's manual; C99, math.h.
"""

from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _ops() -> Any:
    from onnxscript import opset18

    return opset18


def _like(x: Any, number: float) -> Any:
    op = _ops()
    return op.CastLike(op.Constant(value_float=number), x)


def _signbit(self: Any) -> Any:
    op = _ops()
    zero = _like(self, 0.0)
    return op.Or(op.Less(self, zero), op.And(op.Equal(self, zero), op.Less(op.Div(_like(self, 1.0), self), zero)))


def _copysign(self: Any, other: Any) -> Any:
    op = _ops()
    # By a product: ONNX Runtime's Where gives 0 for -0.
    return op.Mul(op.Abs(self), op.Where(_signbit(other), _like(self, -1.0), _like(self, 1.0)))


def _hypot(self: Any, other: Any) -> Any:
    """The larger one taken out: squares of numbers above 1e19 are infinite in float32."""
    op = _ops()
    x, y = op.Abs(self), op.Abs(other)
    great, small = op.Max(x, y), op.Min(x, y)
    zero = op.Equal(great, _like(self, 0.0))
    ratio = op.Div(small, op.Where(zero, _like(self, 1.0), great))
    size = op.Mul(great, op.Sqrt(op.Add(op.Mul(ratio, ratio), _like(self, 1.0))))
    return op.Where(op.Or(op.IsInf(x), op.IsInf(y)), _like(self, float("inf")), size)


def _of_numbers(self: Any, other: Any, chosen: Any) -> Any:
    op = _ops()
    return op.Where(op.IsNaN(self), other, op.Where(op.IsNaN(other), self, chosen))


def _fmax(self: Any, other: Any) -> Any:
    return _of_numbers(self, other, _ops().Max(self, other))


def _fmin(self: Any, other: Any) -> Any:
    return _of_numbers(self, other, _ops().Min(self, other))


OP = Operator(
    {
        "aten.signbit.default": _signbit,
        "aten.copysign.Tensor": _copysign,
        "aten.hypot.default": _hypot,
        "aten.fmax.default": _fmax,
        "aten.fmin.default": _fmin,
    }
)
