"""QuantileTransformer: the mean of two interpolations of the fitted quantiles, and the normal quantile of it."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import clip
from modelport.frontends.sklearn.models._normal_quantile import normal_quantile
from modelport.frontends.sklearn.models._search import count_reached, take_from_rows

__all__ = ["MODEL"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
_THRESHOLD = 1e-7


def _interpolated(scope: Scope, x: ir.Value, points: Any, values: Any) -> ir.Value:
    """np.interp: [N, F] float64 with points [F, Q] ascending and values [Q].

    Numerics: exact. The slope of an interval is divided first, then multiplied by the distance from its left end;
    at a point, the value of the last of equal points is taken as it is; outside, that of the nearest end.
    """
    b = scope.builder
    count = points.shape[1]
    # The number of points reached, 0 to Q, is the interval's right end; both ends stay within the table.
    reached = count_reached(scope, x, points)
    one = b.constant(np.asarray(1, dtype=np.int64))
    first = b.op("Max", b.op("Sub", reached, one), b.constant(np.asarray(0, dtype=np.int64)))
    last = b.op("Min", reached, b.constant(np.asarray(count - 1, dtype=np.int64)))
    table = np.tile(values, (len(points), 1))
    left, right = take_from_rows(scope, points, first), take_from_rows(scope, points, last)
    low, high = take_from_rows(scope, table, first), take_from_rows(scope, table, last)
    slope = b.op("Div", b.op("Sub", high, low), b.op("Sub", right, left))
    line = b.op("Add", b.op("Mul", slope, b.op("Sub", x, left)), low)
    # Left of all points, on a point, and right of all points: the tabulated value itself.
    flat = b.op("Or", b.op("Equal", first, last, dtype=_BOOL), b.op("Equal", x, left, dtype=_BOOL))
    return b.op("Where", flat, low, line, dtype=_DOUBLE)


def _uniform(scope: Scope, estimator: Any, x: ir.Value) -> ir.Value:
    """0 to 1 in float64: half the difference of an ascending and a descending interpolation."""
    b = scope.builder
    points = np.asarray(estimator.quantiles_, dtype=np.float64).T
    references = np.asarray(estimator.references_, dtype=np.float64)
    ascending = _interpolated(scope, x, points, references)
    mirrored = _interpolated(scope, b.op("Neg", x), -points[:, ::-1], -references[::-1])
    return b.op("Mul", b.constant(np.asarray(0.5)), b.op("Sub", ascending, mirrored))


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F] in the type of the rows; NaN stays.

    Numerics: uniform is exact, normal within the stated error of the quantile function.
    """
    from scipy.stats import norm

    b = scope.builder
    scope.passed(table, "QuantileTransformer")
    scope.read_whole(table)
    rows = table.matrix(b)
    quantiles = np.asarray(estimator.quantiles_, dtype=np.float64)
    for origin, own in zip(table.origins, quantiles.T, strict=True):
        scope.mark(origin, own)
    x = b.cast(rows, _DOUBLE)
    value = b.cast(b.cast(_uniform(scope, estimator, x), rows.dtype or _DOUBLE), _DOUBLE)
    normal = estimator.output_distribution == "normal"
    least, greatest = b.constant(quantiles[0]), b.constant(quantiles[-1])
    if normal:
        # The threshold is a Python float: it is added in the type of the rows.
        step = b.constant(np.asarray(_THRESHOLD), rows.dtype)
        below, above = (b.cast(b.op(op, rows, step), _DOUBLE) for op in ("Sub", "Add"))
        at_least = b.op("Less", below, least, dtype=_BOOL)
        at_most = b.op("Greater", above, greatest, dtype=_BOOL)
    else:
        at_least = b.op("Equal", x, least, dtype=_BOOL)
        at_most = b.op("Equal", x, greatest, dtype=_BOOL)
    value = b.op("Where", at_most, b.constant(np.asarray(1.0)), value, dtype=_DOUBLE)
    value = b.op("Where", at_least, b.constant(np.asarray(0.0)), value, dtype=_DOUBLE)
    value = b.op("Where", b.op("IsNaN", x, dtype=_BOOL), x, value, dtype=_DOUBLE)
    if normal:
        edge = _THRESHOLD - np.spacing(1)
        # Clipped twice: what is clipped afterwards anyway need not be known beyond the border.
        inside = clip(scope, value, edge, 1 - edge)
        exact = clip(scope, normal_quantile(scope, inside), norm.ppf(edge), norm.ppf(1 - edge))
        outside_low = b.op("LessOrEqual", value, b.constant(np.asarray(edge)), dtype=_BOOL)
        outside_high = b.op("GreaterOrEqual", value, b.constant(np.asarray(1 - edge)), dtype=_BOOL)
        value = b.op("Where", outside_low, b.constant(np.asarray(norm.ppf(edge))), exact, dtype=_DOUBLE)
        value = b.op("Where", outside_high, b.constant(np.asarray(norm.ppf(1 - edge))), value, dtype=_DOUBLE)
    return Columns((Part(b.cast(value, rows.dtype or _DOUBLE), table.origins),), table.names)


MODEL = Model(
    classes=["sklearn.preprocessing.QuantileTransformer"],
    convert=_convert,
    source="sklearn/preprocessing/_data.py of 1.9, QuantileTransformer._transform_col; numpy.interp",
)
