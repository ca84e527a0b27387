"""Functions of float64 for which ONNX Runtime has no kernel, in additions, products, quotients, roots and exponentials of float64.

Each is within a few units of the last place. A writer is called with an operator and its inputs, values or numbers.
Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["atan", "erf", "erfc", "erfcx", "expm1", "log1p"]

# Any: writers give values of onnx_ir here and of onnxscript there. Comparisons are asked of ``Less`` and ``Greater``.
_Write = Callable[..., Any]

# (1 + 2x) exp(x²) erfc(x) of x >= 0 in powers of s = (x - 15/4) / (x + 15/4), fitted at Chebyshev points in 40 digits.
# The form is that of M. Shepherd and J. Laframboise, Mathematics of Computation 36 (1981). Within 3.1e-16 for every x.
_MIDDLE = 3.75
_SCALED = (
    1.2375126308378275,
    -0.14024059858554697,
    0.0035854154854790257,
    0.0822767384901452,
    -0.10880393014244462,
    0.09230432116037748,
    -0.05869339857664934,
    0.028362277418956406,
    -0.009746579683265262,
    0.0017556258528952954,
    0.000293714378044958,
    -0.0002901540805408417,
    5.164652974177416e-05,
    2.238423915508223e-05,
    -1.1438048033346894e-05,
    -9.735598967367741e-07,
    1.7419821586224812e-06,
    -5.721823060322511e-08,
    -2.485712624801671e-07,
    2.3263508708859878e-08,
    3.197926671666789e-08,
    -3.744210080962335e-09,
    -2.6231073471334466e-09,
    3.111433380980501e-10,
)
# erf(x) / x in powers of x²: up to a half 14 leave less than 1e-20.
_NEAR = [2 / math.sqrt(math.pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in range(14)]
# atan(z) / z in powers of z²: up to tan(π/16) 14 leave less than 1e-20.
_ANGLE = [(-1) ** n / (2 * n + 1) for n in range(14)]


def erfcx(w: _Write, x: Any) -> Any:
    """exp(x²) erfc(x)."""
    size = w("Abs", x)
    right = _scaled(w, size)
    left = w("Sub", w("Mul", w("Exp", w("Mul", x, x)), 2.0), right)
    return w("Where", w("Less", x, 0.0), left, right)


def erfc(w: _Write, x: Any) -> Any:
    """1 - erf(x), with all digits where that is small."""
    right = _tail(w, w("Abs", x))
    return w("Where", w("Less", x, 0.0), w("Sub", 2.0, right), right)


def erf(w: _Write, x: Any) -> Any:
    """The error function."""
    size = w("Abs", x)
    inner = w("Max", w("Min", x, 0.5), -0.5)
    near = w("Mul", inner, _powers(w, w("Mul", inner, inner), _NEAR))
    right = w("Sub", 1.0, _tail(w, size))
    far = w("Where", w("Less", x, 0.0), w("Neg", right), right)
    return w("Where", w("Less", size, 0.5), near, far)


def atan(w: _Write, x: Any) -> Any:
    """The angle whose tangent is x: of the reciprocal above 1, and four times that of a quarter of it."""
    size = w("Abs", x)
    steep = w("Greater", size, 1.0)
    z = w("Where", steep, w("Div", 1.0, size), size)
    for _ in range(2):
        z = w("Div", z, w("Add", w("Sqrt", w("Add", w("Mul", z, z), 1.0)), 1.0))
    angle = w("Mul", w("Mul", z, _powers(w, w("Mul", z, z), _ANGLE)), 4.0)
    angle = w("Where", steep, w("Sub", math.pi / 2, angle), angle)
    return w("Where", w("Less", x, 0.0), w("Neg", angle), angle)


def log1p(w: _Write, x: Any) -> Any:
    """log(1 + x): near 0 what rounding adds to 1 + x is divided out again (W. Kahan)."""
    larger = w("Add", x, 1.0)
    far = w("Log", larger)
    still = w("Equal", larger, 1.0)
    moved = w("Where", still, 1.0, w("Sub", larger, 1.0))
    near = w("Where", still, x, w("Mul", far, w("Div", x, moved)))
    return w("Where", w("Less", w("Abs", x), 0.5), near, far)


def expm1(w: _Write, x: Any) -> Any:
    """exp(x) - 1: near 0 what rounding adds to exp(x) is divided out again (W. Kahan)."""
    power = w("Exp", x)
    far = w("Sub", power, 1.0)
    still = w("Equal", power, 1.0)
    moved = w("Where", still, 1.0, w("Log", power))
    near = w("Where", still, x, w("Mul", far, w("Div", x, moved)))
    return w("Where", w("Less", w("Abs", x), 0.5), near, far)


def _tail(w: _Write, size: Any) -> Any:
    """erfc of x >= 0."""
    return w("Mul", w("Exp", w("Neg", w("Mul", size, size))), _scaled(w, size))


def _scaled(w: _Write, size: Any) -> Any:
    """exp(x²) erfc(x) of x >= 0."""
    # As 1 less a quotient: of infinity (x - 15/4) / (x + 15/4) is no number.
    place = w("Sub", 1.0, w("Div", 2 * _MIDDLE, w("Add", size, _MIDDLE)))
    return w("Div", _powers(w, place, _SCALED), w("Add", w("Mul", size, 2.0), 1.0))


def _powers(w: _Write, x: Any, factors: Sequence[float]) -> Any:
    """Σ factors[n] xⁿ by Horner's rule."""
    result: Any = factors[-1]
    for factor in reversed(factors[:-1]):
        result = w("Add", w("Mul", x, result), factor)
    return result
