"""The kernels of sklearn.gaussian_process between rows and training rows, and of each row with itself."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import exp
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._kernels import KERNELS, pairwise_kernel, power
from modelport.frontends.sklearn.models._pairwise import float_pair, in_any_order, per_feature, squared_norms

__all__ = ["kernel_of_itself", "kernel_values", "refused_gp_kernel"]

_DOUBLE, _BOOL = ir.DataType.DOUBLE, ir.DataType.BOOL
_EASY_NU = (0.5, 1.5, 2.5, np.inf)
_PAIRS = ("Sum", "Product")
_DIAGONAL = ("linear", "rbf", "laplacian", "chi2", "additive_chi2")


def refused_gp_kernel(kernel: Any, *, of_itself: bool = False) -> list[str]:
    """Why a kernel, or one inside it, cannot be converted; ``of_itself``: its diagonal is needed too."""
    reasons = []
    for part in _inside(kernel):
        kind = _kind(part)
        if kind not in {*_VALUES, *_PAIRS, "Exponentiation"}:
            reasons.append(f"kernel {kind}")
        elif kind == "Matern" and part.nu not in _EASY_NU:
            reasons.append(f"kernel Matern with nu={part.nu}: it needs Bessel functions; use 0.5, 1.5, 2.5 or inf")
        elif kind == "PairwiseKernel" and part.metric not in (_DIAGONAL if of_itself else KERNELS):
            reasons.append(f"kernel PairwiseKernel with metric={part.metric!r}")
    return reasons


def _kind(kernel: Any) -> str:
    known = type(kernel).__module__.startswith("sklearn.gaussian_process")
    return type(kernel).__name__ if known else f"{type(kernel).__module__}.{type(kernel).__name__}"


def _inside(kernel: Any) -> Iterator[Any]:
    yield kernel
    for name in ("k1", "k2", "kernel"):
        part = getattr(kernel, name, None)
        if part is not None and _kind(kernel) in (*_PAIRS, "Exponentiation"):
            yield from _inside(part)


def kernel_values(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    """[N, F], [M, F] -> [N, M]. Numerics: F eps Σ of each squared distance, then what each function states."""
    kind = _kind(kernel)
    if kind in _PAIRS:
        first, second = (kernel_values(scope, part, rows, fitted) for part in (kernel.k1, kernel.k2))
        wide = _DOUBLE if _DOUBLE in (first.dtype, second.dtype) else ir.DataType.FLOAT
        op = "Add" if kind == "Sum" else "Mul"
        return scope.builder.op(op, scope.builder.cast(first, wide), scope.builder.cast(second, wide))
    if kind == "Exponentiation":
        return power(scope, kernel_values(scope, kernel.kernel, rows, fitted), kernel.exponent)
    return _VALUES[kind](scope, kernel, rows, np.asarray(fitted))


def kernel_of_itself(scope: Scope, kernel: Any, rows: ir.Value) -> ir.Value:
    """[N, F] -> [N, 1] float64: kernel.diag()."""
    b = scope.builder
    kind = _kind(kernel)
    if kind in _PAIRS:
        first, second = (kernel_of_itself(scope, part, rows) for part in (kernel.k1, kernel.k2))
        return b.op("Add" if kind == "Sum" else "Mul", first, second)
    if kind == "Exponentiation":
        return power(scope, kernel_of_itself(scope, kernel.kernel, rows), kernel.exponent)
    norms = b.cast(squared_norms(scope, rows), _DOUBLE)
    if kind == "DotProduct":
        return b.op("Add", norms, b.constant(np.asarray(float(kernel.sigma_0**2))))
    if kind == "PairwiseKernel" and kernel.metric == "linear":
        return norms
    value = {"ConstantKernel": "constant_value", "WhiteKernel": "noise_level"}.get(kind)
    number = 1.0 if value is None else float(getattr(kernel, value))
    if kind == "PairwiseKernel" and kernel.metric == "additive_chi2":
        number = 0.0
    return _everywhere(scope, norms, number)


def _everywhere(scope: Scope, like: ir.Value, number: float) -> ir.Value:
    b = scope.builder
    constant = b.constant(np.asarray(number), _DOUBLE)
    return b.op("Where", b.op("Equal", like, like, dtype=_BOOL), constant, constant, dtype=_DOUBLE)


def _squared_distances(scope: Scope, rows: ir.Value, fitted: Any, scale: Any) -> ir.Value:
    """scipy's cdist of both divided by the length scale, in float64."""
    b = scope.builder
    wide, matrix = b.cast(rows, _DOUBLE), fitted.astype(np.float64)
    if scale is not None:
        length = np.squeeze(scale).astype(float)
        wide, matrix = b.op("Div", wide, b.constant(length)), matrix / length

    def square(_: int, x: ir.Value, y: ir.Value) -> ir.Value:
        away = b.op("Sub", x, y)
        return b.op("Mul", away, away)

    return in_any_order(scope, per_feature(scope, wide, matrix, square))


def _rbf(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    return exp(scope, with_array(scope, "Mul", _squared_distances(scope, rows, fitted, kernel.length_scale), -0.5))


def _matern(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    b = scope.builder
    away = b.op("Sqrt", _squared_distances(scope, rows, fitted, kernel.length_scale))
    if kernel.nu == 0.5:
        return exp(scope, b.op("Neg", away))
    if kernel.nu == np.inf:
        return exp(scope, with_array(scope, "Div", b.op("Neg", b.op("Mul", away, away)), 2.0))
    k = with_array(scope, "Mul", away, math.sqrt(3 if kernel.nu == 1.5 else 5))
    total = b.op("Add", b.constant(np.asarray(1.0)), k)
    if kernel.nu == 2.5:
        total = b.op("Add", total, with_array(scope, "Div", b.op("Mul", k, k), 3.0))
    return b.op("Mul", total, exp(scope, b.op("Neg", k)))


def _rational_quadratic(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    b = scope.builder
    below = float(2 * kernel.alpha * kernel.length_scale**2)
    share = with_array(scope, "Div", _squared_distances(scope, rows, fitted, None), below)
    return power(scope, b.op("Add", b.constant(np.asarray(1.0)), share), -float(kernel.alpha))


def _exp_sine_squared(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    b = scope.builder
    away = b.op("Sqrt", _squared_distances(scope, rows, fitted, None))
    wave = b.op("Sin", b.op("Mul", b.constant(np.asarray(float(np.pi / kernel.periodicity))), away))
    part = with_array(scope, "Div", wave, float(kernel.length_scale))
    return exp(scope, b.op("Mul", b.constant(np.asarray(-2.0)), b.op("Mul", part, part)))


def _dot_product(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    b = scope.builder
    rows, matrix = float_pair(scope, rows, fitted)
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(matrix.T), rows.dtype))
    squared = kernel.sigma_0**2
    return with_array(scope, "Add", product, squared if isinstance(squared, np.generic) else float(squared))


def _constant(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    return _filled(scope, rows, len(fitted), float(kernel.constant_value))


def _white(scope: Scope, _: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    """Noise is between a row and itself only; a new row is another."""
    return _filled(scope, rows, len(fitted), 0.0)


def _filled(scope: Scope, rows: ir.Value, count: int, number: float) -> ir.Value:
    b = scope.builder
    first = b.op("Gather", rows, b.constant(np.array([0], dtype=np.int64)), axis=1)
    constant = b.constant(np.full((1, count), number))
    return b.op("Where", b.op("Equal", first, first, dtype=_BOOL), constant, constant, dtype=_DOUBLE)


def _pairwise(scope: Scope, kernel: Any, rows: ir.Value, fitted: Any) -> ir.Value:
    options = {"gamma": kernel.gamma, **(kernel.pairwise_kernels_kwargs or {})}
    return pairwise_kernel(scope, rows, fitted, kernel.metric, options)


_VALUES: dict[str, Callable[[Scope, Any, ir.Value, Any], ir.Value]] = {
    "RBF": _rbf,
    "Matern": _matern,
    "RationalQuadratic": _rational_quadratic,
    "ExpSineSquared": _exp_sine_squared,
    "DotProduct": _dot_product,
    "ConstantKernel": _constant,
    "WhiteKernel": _white,
    "PairwiseKernel": _pairwise,
}
