"""kernlab's kernels between rows and support vectors, by the formulas of its kernelMult()."""

from collections.abc import Callable
from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import RObject, classes, number
from modelport.ir.claims import Local

__all__ = ["KERNELS", "Kernel", "weighted_kernel"]

Array = npt.NDArray[np.float64]
Kernel = RObject


def _option(kernel: Kernel, name: str) -> float:
    return number(kernel.attributes["kpar"][name])


def _negative_distance(scope: Scope, rows: ir.Value, vectors: Array) -> ir.Value:
    """2·x·y - Σy² - Σx², in that order. [N, F], [M, F] -> [N, M]."""
    b = scope.builder
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(vectors.T)))
    own = (vectors * vectors).astype(np.longdouble).sum(axis=1).astype(np.float64)
    less = b.op("Sub", b.op("Mul", constant(scope, 2.0), product), b.constant(own))
    return b.op("Sub", less, row_sum(scope, b.op("Mul", rows, rows), keep=True))


def _power(scope: Scope, value: ir.Value, degree: float) -> ir.Value:
    """R's ^: a square is a product, everything else pow()."""
    if degree == 1:
        return value
    if degree == 2:
        return scope.builder.op("Mul", value, value)
    return scope.builder.op("Pow", value, constant(scope, degree))


def _rbf(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    b = scope.builder
    scaled = b.op("Mul", constant(scope, _option(kernel, "sigma")), _negative_distance(scope, rows, vectors))
    return b.op("Exp", scaled)


def _laplace(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    """exp(-sigma · sqrt(-round(…, 9)))."""
    b = scope.builder
    places = constant(scope, 1e9)
    exact = _negative_distance(scope, rows, vectors)
    rounded = b.op("Div", b.op("Round", b.op("Mul", exact, places)), places)

    def rule(n: Local) -> Array:
        # R leaves numbers of more than 15 digits as they are.
        return np.asarray(n.d() + np.where(np.abs(n.result) > 1e4, 1e-9, 0.0))

    rounded = scope.claim(b.op("Identity", rounded), [rounded], rule, "1e-9 of round(x, 9) of a number beyond 1e4")
    distance = b.op("Sqrt", b.op("Neg", rounded))
    return b.op("Exp", b.op("Mul", constant(scope, -_option(kernel, "sigma")), distance))


def _poly(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    return _power(scope, _moved_product(scope, kernel, rows, vectors), _option(kernel, "degree"))


def _tanh(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    return scope.builder.op("Tanh", _moved_product(scope, kernel, rows, vectors))


def _moved_product(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    b = scope.builder
    product = b.op("MatMul", rows, b.constant(np.ascontiguousarray(vectors.T)))
    scaled = b.op("Mul", constant(scope, _option(kernel, "scale")), product)
    return b.op("Add", scaled, constant(scope, _option(kernel, "offset")))


def _per_feature(
    scope: Scope, rows: ir.Value, vectors: Array, term: Callable[[ir.Value, ir.Value], ir.Value]
) -> list[ir.Value]:
    b = scope.builder
    return [
        term(
            b.op("Gather", rows, b.constant(np.array([k], dtype=np.int64)), axis=1),
            b.constant(np.ascontiguousarray(vectors[None, :, k])),
        )
        for k in range(vectors.shape[1])
    ]


def _joined(scope: Scope, op: str, terms: list[ir.Value]) -> ir.Value:
    """All terms by one operation; R does it in long double, and rounds once."""
    total = reduce(lambda so_far, term: scope.builder.op(op, so_far, term), terms)
    if len(terms) == 1:
        return total

    def rule(n: Local) -> Array:
        return np.asarray(n.d() + len(terms) * n.eps * np.where(np.isfinite(n.result), np.abs(n.result), 0.0))

    value = scope.builder.op("Identity", total)
    return scope.claim(
        value, [total], rule, f"{len(terms)} eps of {len(terms)} terms, of one sign where they are added"
    )


def _anova(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    """Σ exp(-sigma (x - y)²)^degree."""
    b = scope.builder
    sigma, degree = _option(kernel, "sigma"), _option(kernel, "degree")

    def term(x: ir.Value, y: ir.Value) -> ir.Value:
        gap = b.op("Sub", x, y)
        near = b.op("Exp", b.op("Mul", constant(scope, -sigma), b.op("Mul", gap, gap)))
        return _power(scope, near, degree)

    return _joined(scope, "Add", _per_feature(scope, rows, vectors, term))


def _spline(scope: Scope, _: Kernel, rows: ir.Value, vectors: Array) -> ir.Value:
    """Π (1 + xy + xy·m - (x + y)/2·m² + m³/3), m the lesser of x and y."""
    b = scope.builder

    def term(x: ir.Value, y: ir.Value) -> ir.Value:
        total, product, least = b.op("Add", y, x), b.op("Mul", y, x), b.op("Min", y, x)
        value = b.op("Add", constant(scope, 1.0), product)
        value = b.op("Add", value, b.op("Mul", product, least))
        half = b.op("Div", total, constant(scope, 2.0))
        value = b.op("Sub", value, b.op("Mul", half, b.op("Mul", least, least)))
        cube = b.op("Pow", least, constant(scope, 3.0))
        return b.op("Add", value, b.op("Div", cube, constant(scope, 3.0)))

    return _joined(scope, "Mul", _per_feature(scope, rows, vectors, term))


KERNELS: dict[str, Callable[[Scope, Kernel, ir.Value, Array], ir.Value]] = {
    "rbfkernel": _rbf,
    "laplacekernel": _laplace,
    "polykernel": _poly,
    "tanhkernel": _tanh,
    "anovakernel": _anova,
    "splinekernel": _spline,
}


def weighted_kernel(scope: Scope, kernel: Kernel, rows: ir.Value, vectors: Array, weights: Array) -> ir.Value:
    """kernelMult(): Shapes: [N, F], [M, F], [M, K] -> [N, K]. Numerics: M eps Σ|a·k| and what the kernel carries."""
    b = scope.builder
    name = classes(kernel)[0]
    if name == "vanillakernel":
        # In the graph, as the target's product may be rounded otherwise than R's.
        own = b.op("MatMul", b.constant(np.ascontiguousarray(vectors.T)), b.constant(np.ascontiguousarray(weights)))
        return b.op("MatMul", rows, own)
    return b.op("MatMul", KERNELS[name](scope, kernel, rows, vectors), b.constant(np.ascontiguousarray(weights)))
