"""PolynomialCountSketch: hashed sums of the features, multiplied as polynomials: a product of Fourier transforms."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL"]


def _sketch(scope: Scope, estimator: Any, rows: ir.Value, degree: int) -> ir.Value:
    """The signed sums of the features that are hashed to each place. [N, F] -> [N, C] float64."""
    b = scope.builder
    places, signs = np.asarray(estimator.indexHash_[degree]), np.asarray(estimator.bitHash_[degree])
    width = estimator.n_features_in_
    weights = np.zeros((len(places), estimator.n_components))
    weights[np.arange(len(places)), places] = signs
    scaled = b.cast(with_array(scope, "Mul", rows, float(np.sqrt(estimator.gamma))), ir.DataType.DOUBLE)
    sums = b.op("MatMul", scaled, b.constant(weights[:width]))
    if len(places) == width:
        return sums
    return b.op("Add", sums, b.constant(np.sqrt(estimator.coef0) * weights[width]))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, C].

    Numerics: the discrete transform as a product with its matrix of cosines and sines, C eps Σ|x| each; the source's fast
    transform adds the same terms in another order, and fewer roundings.
    """
    b = scope.builder
    scope.passed(table, "PolynomialCountSketch")
    scope.read_whole(table)
    rows = table.matrix(b)
    count = int(estimator.n_components)
    angles = 2.0 * np.pi * (np.outer(np.arange(count), np.arange(count)) % count) / count
    cosines, sines = b.constant(np.cos(angles)), b.constant(np.sin(angles))
    real: ir.Value | None = None
    imaginary: ir.Value | None = None
    for degree in range(estimator.degree):
        sketch = _sketch(scope, estimator, rows, degree)
        x, y = b.op("MatMul", sketch, cosines), b.op("Neg", b.op("MatMul", sketch, sines))
        if real is None or imaginary is None:
            real, imaginary = x, y
            continue
        real, imaginary = (
            b.op("Sub", b.op("Mul", real, x), b.op("Mul", imaginary, y)),
            b.op("Add", b.op("Mul", real, y), b.op("Mul", imaginary, x)),
        )
    assert real is not None
    assert imaginary is not None
    back = b.op("Sub", b.op("MatMul", real, cosines), b.op("MatMul", imaginary, sines))
    return mixed(table, b.op("Div", back, b.constant(np.asarray(float(count)))), count)


MODEL = Model(
    classes=["sklearn.kernel_approximation.PolynomialCountSketch"],
    convert=_convert,
    source="sklearn/kernel_approximation.py of 1.9, PolynomialCountSketch.transform",
)
