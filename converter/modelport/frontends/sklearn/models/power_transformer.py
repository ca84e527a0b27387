"""PowerTransformer: Box-Cox and Yeo-Johnson with the fitted exponents, then the fitted scaler."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._functions import expm1, log1p

__all__ = ["MODEL"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _parts(estimator: Any) -> Parts:
    return [("scaler", estimator._scaler)] if estimator.standardize else []


def _power(scope: Scope, logged: ir.Value, exponent: float) -> ir.Value:
    """((e**logged)**exponent - 1) / exponent, in float64 as the exponent is; the logarithm itself where it is 0."""
    b = scope.builder
    wide = b.cast(logged, _DOUBLE)
    grown = expm1(scope, b.op("Mul", b.constant(np.asarray(exponent)), wide))
    return b.op("Div", grown, b.constant(np.asarray(exponent)))


def _yeo_johnson(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """Two branches that meet at 0; each takes the logarithm in the type of the rows."""
    b = scope.builder
    eps = float(np.finfo(np.float64).eps)
    logged = log1p(scope, x)
    positive = b.cast(logged, _DOUBLE) if abs(exponent) < eps else _power(scope, logged, exponent)
    mirrored = log1p(scope, b.op("Neg", x))
    if abs(exponent - 2) > eps:
        # -expm1((2 - λ)·log1p(-x)) / (2 - λ); a sign moves through a division without rounding.
        negative = b.op("Neg", _power(scope, mirrored, 2 - exponent))
    else:
        negative = b.op("Neg", b.cast(mirrored, _DOUBLE))
    above = b.op("GreaterOrEqual", x, b.constant(np.asarray(0.0), x.dtype), dtype=_BOOL)
    return b.op("Where", above, positive, negative, dtype=_DOUBLE)


def _box_cox(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """scipy.special.boxcox, in float64; its own way around an overflow of expm1 is taken too."""
    b = scope.builder
    logged = b.op("Log", b.cast(x, _DOUBLE))
    if abs(exponent) < 1e-19:
        return logged
    product = b.op("Mul", b.constant(np.asarray(exponent)), logged)
    value = _power(scope, logged, exponent)
    shift = float(np.log(np.copysign(1.0, exponent) * exponent))
    grown = b.op("Exp", b.op("Sub", product, b.constant(np.asarray(shift))))
    if exponent < 0:
        grown = b.op("Neg", grown)
    far = b.op("Sub", grown, b.constant(np.asarray(1 / exponent)))
    near = b.op("Less", product, b.constant(np.asarray(709.78)), dtype=_BOOL)
    return b.op("Where", b.op("Or", near, b.op("IsNaN", product, dtype=_BOOL)), value, far, dtype=_DOUBLE)


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns:
    """Shapes: [N, F] -> [N, F] in the type of the rows; NaN stays."""
    b = scope.builder
    scope.passed(table, "PowerTransformer")
    scope.read_whole(table)
    rows = table.matrix(b)
    function = _box_cox if estimator.method == "box-cox" else _yeo_johnson
    columns: list[Part] = []
    for part, exponent in zip(Columns((Part(rows, table.origins),)).each(b), estimator.lambdas_, strict=True):
        value = function(scope, part.value, float(exponent))
        columns.append(Part(b.cast(value, rows.dtype or _DOUBLE), part.origins))
        scope.mark(part.origins[0], [0.0])
    result = Columns(tuple(columns), table.names)
    if not estimator.standardize:
        return result
    scaled: Columns = convert_part(scope, estimator._scaler, result)
    return scaled


MODEL = Model(
    classes=["sklearn.preprocessing.PowerTransformer"],
    convert=_convert,
    parts=_parts,
    source="sklearn/preprocessing/_data.py of 1.9, PowerTransformer.transform; scipy 1.17, stats.yeojohnson and "
    "special.boxcox",
)
