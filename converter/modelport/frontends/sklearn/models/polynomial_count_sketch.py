"""PolynomialCountSketch: count sketches of the row, convolved with each other."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import ones_like, with_array
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.ir.claims import Local

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _waves(size: int) -> tuple[Array, Array]:
    """cos and -sin of the discrete Fourier transform, [n, n]; angles are reduced exactly before they are rounded."""
    steps = np.outer(np.arange(size), np.arange(size)) % size
    angle = 2 * np.pi * steps / size
    return np.cos(angle), -np.sin(angle)


def _transformed(scope: Scope, value: ir.Value, waves: Array, of: list[ir.Value]) -> ir.Value:
    """One product with a matrix of the transform.

    The source uses a fast transform: its error is at most η·log2(n) of the row's length, η a few eps (Higham, Accuracy
    and Stability of Numerical Algorithms, theorem 24.2), which is claimed in addition to the product's own.
    """
    size = len(waves)
    product = scope.builder.op("MatMul", value, scope.builder.constant(waves))
    # The largest entry tells the inverse, which divides by n, from the transform itself.
    factor = 8 * max(1.0, np.log2(size)) * np.sqrt(size) * float(np.abs(waves).max())

    def rule(n: Local) -> Array:
        length = sum(np.sqrt((n.x(i) ** 2).sum(axis=-1, keepdims=True)) for i in range(1, len(of) + 1))
        return np.asarray(n.d() + factor * n.eps * length)

    reason = f"{factor:.3g} eps of the length of a row in a fast Fourier transform of {size} numbers"
    return scope.claim(scope.builder.op("Identity", product), [product, *of], rule, reason)


def _sketches(scope: Scope, estimator: Any, rows: ir.Value) -> list[ir.Value]:
    """One count sketch [N, n] a degree: each column adds itself, with its sign, to the place it is hashed to."""
    b = scope.builder
    scaled = with_array(scope, "Mul", rows, np.sqrt(estimator.gamma))
    scaled = b.cast(scaled, ir.DataType.DOUBLE)
    if estimator.coef0 != 0:
        first = b.op("Gather", scaled, b.constant(np.array([0], dtype=np.int64)), axis=1)
        constant = b.op("Mul", ones_like(scope, first), b.constant(np.asarray(np.sqrt(estimator.coef0))))
        scaled = b.op("Concat", scaled, constant, axis=1)
    places, signs = np.asarray(estimator.indexHash_), np.asarray(estimator.bitHash_)
    found = []
    for degree in range(estimator.degree):
        table = np.zeros((places.shape[1], estimator.n_components))
        table[np.arange(places.shape[1]), places[degree]] = signs[degree]
        found.append(b.op("MatMul", scaled, b.constant(table)))
    return found


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, n] float64. Numerics: sums of products, and the stated error of a fast transform."""
    b = scope.builder
    scope.passed(table, "PolynomialCountSketch")
    scope.read_whole(table)
    size = int(estimator.n_components)
    cosines, sines = _waves(size)
    real: ir.Value | None = None
    imaginary: ir.Value | None = None
    for sketch in _sketches(scope, estimator, table.matrix(b)):
        own = [_transformed(scope, sketch, waves, [sketch]) for waves in (cosines, sines)]
        if real is None or imaginary is None:
            real, imaginary = own
            continue
        real, imaginary = (
            b.op("Sub", b.op("Mul", real, own[0]), b.op("Mul", imaginary, own[1])),
            b.op("Add", b.op("Mul", real, own[1]), b.op("Mul", imaginary, own[0])),
        )
    if real is None or imaginary is None:
        raise ValueError("a sketch has at least one degree")
    # The inverse transform: conjugated, and divided by n; only its real part is kept.
    whole = [real, imaginary]
    back = b.op(
        "Add",
        _transformed(scope, real, cosines / size, whole),
        _transformed(scope, imaginary, sines / size, whole),
    )
    return mixed(table, back, size)


MODEL = Model(
    classes=["sklearn.kernel_approximation.PolynomialCountSketch"],
    convert=_convert,
    source="sklearn/kernel_approximation.py of 1.9, PolynomialCountSketch.transform",
)
