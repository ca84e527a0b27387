"""The kernels of sklearn.gaussian_process between rows and training rows, as a tree of sums, products and leaves."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._model import qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._kernels import pairwise_kernel, refused_kernel
from modelport.frontends.sklearn.models._pairwise import added, per_feature, squared_norms
from modelport.frontends.sklearn.models._scores import exp

__all__ = ["diagonal", "kernel_between", "refused_kernels"]

Matrix = npt.NDArray[np.float64]
_PAIRS = ("Sum", "Product")


def _kind(kernel: Any) -> str:
    return qualified_name(kernel).removeprefix("sklearn.gaussian_process.")


def refused_kernels(kernel: Any) -> list[str]:
    """Why a kernel, or one inside it, cannot be converted; all of them."""
    kind = _kind(kernel)
    if kind in _PAIRS:
        return refused_kernels(kernel.k1) + refused_kernels(kernel.k2)
    if kind == "Exponentiation":
        return refused_kernels(kernel.kernel)
    if kind == "Matern" and kernel.nu not in (0.5, 1.5, 2.5, math.inf):
        return [f"Matern with nu={kernel.nu:g} needs Bessel functions; nu=0.5, 1.5, 2.5 and inf do not"]
    if kind == "PairwiseKernel":
        return refused_kernel(kernel.metric)
    return [] if kind in _LEAVES else [f"the kernel {kind}"]


def kernel_between(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    """[N, F], [M, F] -> [N, M], or [1, 1] where it does not depend on the rows; float64."""
    b = scope.builder
    kind = _kind(kernel)
    if kind in _PAIRS:
        left, right = (kernel_between(scope, part, rows, fitted) for part in (kernel.k1, kernel.k2))
        return b.op("Add" if kind == "Sum" else "Mul", left, right)
    if kind == "Exponentiation":
        return _power(scope, kernel_between(scope, kernel.kernel, rows, fitted), kernel.exponent)
    return _LEAVES[kind](scope, kernel, rows, fitted)


def diagonal(scope: Scope, kernel: Any, rows: ir.Value) -> ir.Value:
    """The kernel of each row with itself. [N, F] -> [N, 1], or [1, 1] where it does not depend on the row."""
    b = scope.builder
    kind = _kind(kernel)
    if kind in _PAIRS:
        return b.op("Add" if kind == "Sum" else "Mul", *(diagonal(scope, k, rows) for k in (kernel.k1, kernel.k2)))
    if kind == "Exponentiation":
        return _power(scope, diagonal(scope, kernel.kernel, rows), kernel.exponent)
    if kind == "DotProduct":
        return b.op("Add", squared_norms(scope, rows), b.constant(np.asarray(float(kernel.sigma_0) ** 2)))
    constants = {"ConstantKernel": "constant_value", "WhiteKernel": "noise_level"}
    return _constant(scope, float(getattr(kernel, constants[kind])) if kind in constants else 1.0)


def _constant(scope: Scope, value: float) -> ir.Value:
    return scope.builder.constant(np.array([[value]]))


def _power(scope: Scope, value: ir.Value, exponent: Any) -> ir.Value:
    """numpy's ``**``: a square is a product, everything else pow."""
    b = scope.builder
    if exponent == 2:
        return b.op("Mul", value, value)
    return value if exponent == 1 else b.op("Pow", value, b.constant(np.asarray(float(exponent))))


def _squared(scope: Scope, rows: ir.Value, fitted: Matrix, scale: Any = None) -> ir.Value:
    """Σ(x/l - y/l)², feature by feature as in scipy's cdist."""
    b = scope.builder
    if scale is not None:
        rows, fitted = b.op("Div", rows, b.constant(np.asarray(scale, dtype=np.float64))), fitted / np.asarray(scale)

    def term(_: int, x: ir.Value, y: ir.Value) -> ir.Value:
        away = b.op("Sub", x, y)
        return b.op("Mul", away, away)

    return added(scope, per_feature(scope, rows, np.ascontiguousarray(fitted), term))


def _scaled(scope: Scope, value: ir.Value, factor: float) -> ir.Value:
    return scope.builder.op("Mul", value, scope.builder.constant(np.asarray(factor)))


def _rbf(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    return exp(scope, _scaled(scope, _squared(scope, rows, fitted, kernel.length_scale), -0.5))


def _matern(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    b = scope.builder
    distance = b.op("Sqrt", _squared(scope, rows, fitted, kernel.length_scale))
    if kernel.nu == 0.5:
        return exp(scope, b.op("Neg", distance))
    if kernel.nu == math.inf:
        halved = b.op("Div", b.op("Mul", distance, distance), b.constant(np.asarray(2.0)))
        return exp(scope, b.op("Neg", halved))
    one = b.constant(np.asarray(1.0))
    k = _scaled(scope, distance, math.sqrt(2 * kernel.nu))
    factor = b.op("Add", one, k)
    if kernel.nu == 2.5:
        factor = b.op("Add", factor, b.op("Div", b.op("Mul", k, k), b.constant(np.asarray(3.0))))
    return b.op("Mul", factor, exp(scope, b.op("Neg", k)))


def _rational_quadratic(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    b = scope.builder
    divisor = b.constant(np.asarray(2 * kernel.alpha * kernel.length_scale**2))
    base = b.op("Add", b.constant(np.asarray(1.0)), b.op("Div", _squared(scope, rows, fitted), divisor))
    return b.op("Pow", base, b.constant(np.asarray(-float(kernel.alpha))))


def _exp_sine_squared(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    b = scope.builder
    distance = b.op("Sqrt", _squared(scope, rows, fitted))
    wave = b.op("Sin", _scaled(scope, distance, np.pi / kernel.periodicity))
    ratio = b.op("Div", wave, b.constant(np.asarray(float(kernel.length_scale))))
    return exp(scope, _scaled(scope, b.op("Mul", ratio, ratio), -2.0))


def _dot_product(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    b = scope.builder
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(fitted.T)))
    return b.op("Add", product, b.constant(np.asarray(float(kernel.sigma_0) ** 2)))


def _pairwise(scope: Scope, kernel: Any, rows: ir.Value, fitted: Matrix) -> ir.Value:
    return pairwise_kernel(scope, rows, fitted, kernel.metric, {"gamma": kernel.gamma})


_LEAVES: dict[str, Callable[[Scope, Any, ir.Value, Matrix], ir.Value]] = {
    "RBF": _rbf,
    "Matern": _matern,
    "RationalQuadratic": _rational_quadratic,
    "ExpSineSquared": _exp_sine_squared,
    "DotProduct": _dot_product,
    "PairwiseKernel": _pairwise,
    "ConstantKernel": lambda scope, kernel, *_: _constant(scope, float(kernel.constant_value)),
    # Noise belongs to a row with itself, and no row is one of the training rows, even where it is equal to one.
    "WhiteKernel": lambda scope, *_: _constant(scope, 0.0),
}
