"""SplineTransformer: B-splines by the recursion of de Boor, in the order of scipy's own."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import ones_like
from modelport.frontends.sklearn.models._search import count_reached, take_from_rows

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def _bases(scope: Scope, estimator: Any, x: ir.Value) -> ir.Value:
    """[N, F] float64 -> [N, F, S]: the splines at x, beyond the knots by the polynomials of the outermost intervals.

    Numerics: exact; the same additions, products and divisions as scipy's _deBoor_D and evaluate_spline.
    """
    b = scope.builder
    knots = np.stack([np.asarray(spline.t, dtype=np.float64) for spline in estimator.bsplines_])
    coefficients = np.asarray(estimator.bsplines_[0].c, dtype=np.float64)
    k, count = int(estimator.bsplines_[0].k), coefficients.shape[0]
    axis = b.constant(np.array([2], dtype=np.int64))
    # The interval's number counts the inner knots that x reaches; the knots around it are looked up one by one.
    interval = count_reached(scope, x, knots[:, k + 1 : count])

    def knot(offset: int) -> ir.Value:
        shifted = np.full(knots.shape, np.nan)
        rolled = knots[:, k + offset :]
        shifted[:, : rolled.shape[1]] = rolled
        return take_from_rows(scope, shifted, interval)

    around = {offset: knot(offset) for offset in range(1 - k, k + 1)}
    zero = b.constant(np.asarray(0.0))
    values: list[ir.Value] = [ones_like(scope, x)]
    for j in range(1, k + 1):
        before, values = values, [zero]
        for n in range(1, j + 1):
            high, low = around[n], around[n - j]
            # Equal knots span nothing: their term is 0.
            empty = b.op("Equal", high, low, dtype=_BOOL)
            weight = b.op("Div", before[n - 1], b.op("Sub", high, low))
            left = b.op("Add", values[n - 1], b.op("Mul", weight, b.op("Sub", high, x)))
            values[n - 1] = b.op("Where", empty, values[n - 1], left, dtype=_DOUBLE)
            right = b.op("Mul", weight, b.op("Sub", x, low))
            values.append(b.op("Where", empty, zero, right, dtype=_DOUBLE))
    total: ir.Value = zero
    for a, value in enumerate(values):
        place = b.op("Add", interval, b.constant(np.asarray(a, dtype=np.int64)))
        row = b.op("Gather", b.constant(coefficients), place, axis=0)
        total = b.op("Add", total, b.op("Mul", row, b.op("Unsqueeze", value, axis)))
    return total


def _periodic(scope: Scope, estimator: Any, x: ir.Value) -> ir.Value:
    """Takes multiples of the period off, with the sign of numpy's remainder."""
    b = scope.builder
    zero = b.constant(np.asarray(0.0))
    k = int(estimator.bsplines_[0].k)
    first = np.array([spline.t[k] for spline in estimator.bsplines_])
    period = np.array([spline.t[spline.t.size - k - 1] for spline in estimator.bsplines_]) - first
    flat = period <= 0
    divisor = b.constant(np.where(flat, 1.0, period))
    rest = b.op("Mod", b.op("Sub", x, b.constant(first)), divisor, fmod=1)
    rest = b.op("Where", b.op("Less", rest, zero, dtype=_BOOL), b.op("Add", rest, divisor), rest, dtype=_DOUBLE)
    value = b.op("Add", b.constant(first), rest)
    return b.op("Where", b.constant(flat), zero, value, dtype=_DOUBLE) if flat.any() else value


def _borders(estimator: Any) -> tuple[Array, Array, list[int]]:
    """The ends of the range of each feature, and how many splines go on beyond it.

    With degree 0 or 1, 'linear' raises its own degree while it goes through the features, and later ones find their
    ends one or two knots farther in: that is what the source does, so it is done here too.
    """
    degree = int(estimator.degree)
    ends: list[tuple[float, float]] = []
    degrees: list[int] = []
    for spline in estimator.bsplines_:
        ends.append((float(spline.t[degree]), float(spline.t[-degree - 1])))
        if estimator.extrapolation == "linear" and degree <= 1:
            degree += 1
        degrees.append(degree)
    low, high = np.array(ends).T
    return low, high, degrees


def _outside(estimator: Any, border: Array, degrees: list[int], *, last: bool) -> tuple[Array, Array]:
    """Value [F, S] at a border, 0 for splines that do not go on; slope [F, S] beyond it, NaN where there is none."""
    linear = estimator.extrapolation == "linear"
    count = int(estimator.bsplines_[0].c.shape[1])
    values, slopes = np.zeros((len(degrees), count)), np.full((len(degrees), count), np.nan)
    for f, (spline, degree) in enumerate(zip(estimator.bsplines_, degrees, strict=True)):
        chosen = np.arange(count)[count - degree :] if last else np.arange(count)[:degree]
        if last and degree == 0 and estimator.sparse_output:
            # There the source says columns[-0:], which are all of them.
            chosen = np.arange(count)
        values[f, chosen] = spline(border[f])[chosen]
        if linear:
            slopes[f, chosen] = spline(border[f], nu=1)[chosen]
    return values, slopes


def _extrapolated(scope: Scope, estimator: Any, x: ir.Value, inside: ir.Value) -> ir.Value:
    """Constant or linear beyond the ends, which are looked at feature by feature."""
    b = scope.builder
    axis = b.constant(np.array([2], dtype=np.int64))
    low, high, degrees = _borders(estimator)
    for border, op, last in ((low, "Less", False), (high, "Greater", True)):
        values, slopes = _outside(estimator, border, degrees, last=last)
        end = b.constant(border)
        beyond = b.op("Unsqueeze", b.op(op, x, end, dtype=_BOOL), axis)
        value = b.constant(values)
        if estimator.extrapolation == "linear":
            distance = b.op("Unsqueeze", b.op("Sub", x, end), axis)
            line = b.op("Add", value, b.op("Mul", distance, b.constant(slopes)))
            value = b.op("Where", b.constant(np.isnan(slopes)), value, line, dtype=_DOUBLE)
        inside = b.op("Where", beyond, value, inside, dtype=_DOUBLE)
    return inside


def _refuse(estimator: Any) -> list[str]:
    several = len(estimator.bsplines_) > 1
    others = estimator.extrapolation in ("error", "continue", "periodic")
    if estimator.sparse_output and getattr(estimator, "handle_missing", "error") == "zeros" and others and several:
        return [
            f"sparse_output with handle_missing='zeros' and extrapolation={estimator.extrapolation!r}: a missing value "
            "beyond the first column is encoded as the least of the other rows of its batch; fit with sparse_output=False"
        ]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F·S], in the type of dense rows; sparse results are float64 in the source."""
    b = scope.builder
    scope.passed(table, "SplineTransformer")
    scope.read_whole(table)
    rows = table.matrix(b)
    for origin, spline in zip(table.origins, estimator.bsplines_, strict=True):
        scope.mark(origin, np.asarray(spline.t))
    x = b.cast(rows, _DOUBLE)
    value = _bases(scope, estimator, _periodic(scope, estimator, x) if estimator.extrapolation == "periodic" else x)
    if estimator.extrapolation in ("constant", "linear"):
        value = _extrapolated(scope, estimator, x, value)
    missing = b.op("Unsqueeze", b.op("IsNaN", x, dtype=_BOOL), b.constant(np.array([2], dtype=np.int64)))
    value = b.op("Where", missing, b.constant(np.asarray(0.0)), value, dtype=_DOUBLE)
    count = int(estimator.bsplines_[0].c.shape[1])
    if not estimator.include_bias:
        count -= 1
        value = b.op("Gather", value, b.constant(np.arange(count, dtype=np.int64)), axis=2)
    value = b.op("Reshape", value, b.constant(np.array([-1, table.width * count], dtype=np.int64)))
    if not estimator.sparse_output:
        value = b.cast(value, rows.dtype or _DOUBLE)
    origins = tuple(origin for origin in table.origins for _ in range(count))
    return Columns((Part(value, origins),))


MODEL = Model(
    classes=["sklearn.preprocessing.SplineTransformer"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/preprocessing/_polynomial.py of 1.9, SplineTransformer.transform; scipy/interpolate, _deBoor_D",
)
