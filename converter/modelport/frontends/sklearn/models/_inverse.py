"""What inverse_transform() of scalers and other monotone transformers computes; of anything else it says that it cannot."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import column, flat
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn._version import since
from modelport.frontends.sklearn.models._arithmetic import in_place, rows_dtype
from modelport.frontends.sklearn.models._functions import log1p
from modelport.frontends.sklearn.models._inner import Ask, as_table
from modelport.frontends.sklearn.models._interpolation import interpolated
from modelport.frontends.sklearn.models._normal_cdf import normal_cdf

__all__ = ["inverse", "inverse_parts", "refuse_inverse"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
# Within this of either end, the source takes the end itself.
_THRESHOLD = 1e-7
# The largest product of exponent and value that scipy takes the plain formula for.
_LARGE = 1.79e308


def inverse_parts(transformer: Any) -> list[tuple[str, Any]]:
    """Estimators that an inverse asks: the function of a FunctionTransformer, as one that computes it forwards."""
    kind = qualified_name(transformer)
    if kind == "sklearn.pipeline.Pipeline":
        steps = [(name, step) for name, step in transformer.steps if step is not None and not isinstance(step, str)]
        return [(f"{name} → {own}", part) for name, step in steps for own, part in inverse_parts(step)]
    if kind == "sklearn.preprocessing.FunctionTransformer" and transformer.inverse_func is not None:
        return [("inverse_func", _forwards(transformer))]
    return []


def refuse_inverse(transformer: Any) -> list[str]:
    """Why inverse_transform() cannot be converted, one sentence for each part."""
    kind = qualified_name(transformer)
    if kind == "sklearn.pipeline.Pipeline":
        steps = [step for _, step in transformer.steps if step is not None and not isinstance(step, str)]
        return [reason for step in steps for reason in refuse_inverse(step)]
    if kind in _TABLE or kind == "sklearn.preprocessing.FunctionTransformer":
        return []
    known = ", ".join(sorted(name.rsplit(".", 1)[-1] for name in _TABLE))
    return [f"no inverse_transform of {kind}; there is one of Pipeline, FunctionTransformer, {known}"]


def inverse(scope: Scope, transformer: Any, table: Columns, ask: Ask) -> Columns:
    """[N, F] -> [N, F'], in the type of the columns."""
    kind = qualified_name(transformer)
    if kind == "sklearn.pipeline.Pipeline":
        for _, step in reversed(transformer.steps):
            if step is not None and not isinstance(step, str):
                table = inverse(scope, step, table, ask)
        return table
    if kind == "sklearn.preprocessing.FunctionTransformer":
        if transformer.inverse_func is None:
            return table
        function = _forwards(transformer)
        return as_table(scope, function, ask(scope, function, table), table)
    value = _TABLE[kind](scope, transformer, table.matrix(scope.builder))
    width = scope.shapes.width(value) or 1
    origins = table.origins if width == table.width else (table.blend(),) * width
    return Columns((Part(value, origins),))


def _forwards(transformer: Any) -> Any:
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(transformer.inverse_func, kw_args=transformer.inv_kw_args, validate=True)


def _standard(scope: Scope, scaler: Any, value: ir.Value) -> ir.Value:
    # Since 1.8 both arrays are rounded to the type of the rows first.
    dtype = rows_dtype(value) if since(scaler, 1, 8) else np.dtype(np.float64)
    if scaler.with_std:
        value = in_place(scope, "Mul", value, np.asarray(scaler.scale_, dtype=dtype))
    return in_place(scope, "Add", value, np.asarray(scaler.mean_, dtype=dtype)) if scaler.with_mean else value


def _min_max(scope: Scope, scaler: Any, value: ir.Value) -> ir.Value:
    return in_place(scope, "Div", in_place(scope, "Sub", value, scaler.min_), scaler.scale_)


def _max_abs(scope: Scope, scaler: Any, value: ir.Value) -> ir.Value:
    return in_place(scope, "Mul", value, scaler.scale_)


def _robust(scope: Scope, scaler: Any, value: ir.Value) -> ir.Value:
    if scaler.with_scaling:
        value = in_place(scope, "Mul", value, scaler.scale_)
    return in_place(scope, "Add", value, scaler.center_) if scaler.with_centering else value


def _pca(scope: Scope, pca: Any, value: ir.Value) -> ir.Value:
    b = scope.builder
    components = np.asarray(pca.components_, dtype=np.float64)
    if pca.whiten:
        components = np.sqrt(np.asarray(pca.explained_variance_)[:, np.newaxis]) * components
    product = b.op("MatMul", b.cast(value, _DOUBLE), b.constant(components))
    return b.op("Add", product, b.constant(np.asarray(pca.mean_, dtype=np.float64)))


def _by_column(scope: Scope, value: ir.Value, count: int, function: Callable[[ir.Value, int], ir.Value]) -> ir.Value:
    """Applies a function to each column [N, 1] as float64, and puts the results into an array of the rows' type."""
    b = scope.builder
    results = []
    for place in range(count):
        own = b.op("Gather", value, b.constant(np.array([place], dtype=np.int64)), axis=1)
        results.append(b.cast(function(b.cast(own, _DOUBLE), place), value.dtype or _DOUBLE))
    return results[0] if count == 1 else b.op("Concat", *results, axis=1)


def _power(scope: Scope, transformer: Any, value: ir.Value) -> ir.Value:
    if transformer.standardize:
        value = _standard(scope, transformer._scaler, value)
    one = _inverse_yeo_johnson
    if transformer.method == "box-cox":
        one = _inverse_box_cox if since(transformer, 1, 6) else _power_of_box_cox
    exponents = [float(exponent) for exponent in transformer.lambdas_]
    return _by_column(scope, value, len(exponents), lambda own, place: one(scope, own, exponents[place]))


def _inverse_box_cox(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """scipy.special.inv_boxcox: exp(log1p(λx) / λ), and its way around an overflow of λx."""
    b = scope.builder
    if exponent == 0:
        return b.op("Exp", x)
    by = b.constant(np.asarray(exponent))
    product = b.op("Mul", by, x)
    near = b.op("Exp", b.op("Div", log1p(scope, product), by))
    sign = np.copysign(1.0, exponent)
    shifted = b.op("Mul", b.constant(np.asarray(sign)), b.op("Add", x, b.constant(np.asarray(1 / exponent))))
    logged = b.op("Add", b.op("Log", shifted), b.constant(np.asarray(np.log(sign * exponent))))
    far = b.op("Exp", b.op("Div", logged, by))
    small = b.op("Less", product, b.constant(np.asarray(_LARGE)), dtype=_BOOL)
    return b.op("Where", small, near, far, dtype=_DOUBLE)


def _power_of_box_cox(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """Before scikit-learn 1.6: (λx + 1) to the power 1/λ."""
    b = scope.builder
    if exponent == 0:
        return b.op("Exp", x)
    base = b.op("Add", b.op("Mul", x, b.constant(np.asarray(exponent))), b.constant(np.asarray(1.0)))
    return b.op("Pow", base, b.constant(np.asarray(1 / exponent)))


def _inverse_yeo_johnson(scope: Scope, x: ir.Value, exponent: float) -> ir.Value:
    """Two branches that meet at 0, each a power less 1, or an exponential less 1, as numpy takes them."""
    b = scope.builder
    eps = float(np.spacing(1.0))
    one = b.constant(np.asarray(1.0))
    if abs(exponent) < eps:
        above = b.op("Sub", b.op("Exp", x), one)
    else:
        base = b.op("Add", b.op("Mul", x, b.constant(np.asarray(exponent))), one)
        above = b.op("Sub", b.op("Pow", base, b.constant(np.asarray(1 / exponent))), one)
    if abs(exponent - 2) > eps:
        base = b.op("Add", b.op("Mul", b.constant(np.asarray(-(2 - exponent))), x), one)
        below = b.op("Sub", one, b.op("Pow", base, b.constant(np.asarray(1 / (2 - exponent)))))
    else:
        below = b.op("Sub", one, b.op("Exp", b.op("Neg", x)))
    positive = b.op("GreaterOrEqual", x, b.constant(np.asarray(0.0)), dtype=_BOOL)
    return b.op("Where", positive, above, below, dtype=_DOUBLE)


def _quantile(scope: Scope, transformer: Any, value: ir.Value) -> ir.Value:
    quantiles = np.asarray(transformer.quantiles_, dtype=np.float64)
    references = np.asarray(transformer.references_, dtype=np.float64)
    normal = transformer.output_distribution == "normal"

    def one(x: ir.Value, place: int) -> ir.Value:
        b = scope.builder
        share = normal_cdf(scope, x) if normal else x
        heights = quantiles[:, place]
        result = column(scope, interpolated(scope, flat(scope, share), references, heights, "clip"))
        zero, unit, step = (b.constant(np.asarray(number)) for number in (0.0, 1.0, _THRESHOLD))
        if normal:
            at_most = b.op("Greater", b.op("Add", share, step), unit, dtype=_BOOL)
            at_least = b.op("Less", b.op("Sub", share, step), zero, dtype=_BOOL)
        else:
            at_most = b.op("Equal", share, unit, dtype=_BOOL)
            at_least = b.op("Equal", share, zero, dtype=_BOOL)
        result = b.op("Where", at_most, b.constant(np.asarray(heights[-1])), result, dtype=_DOUBLE)
        return b.op("Where", at_least, b.constant(np.asarray(heights[0])), result, dtype=_DOUBLE)

    return _by_column(scope, value, quantiles.shape[1], one)


_TABLE: dict[str, Callable[[Scope, Any, ir.Value], ir.Value]] = {
    "sklearn.preprocessing.StandardScaler": _standard,
    "sklearn.preprocessing.MinMaxScaler": _min_max,
    "sklearn.preprocessing.MaxAbsScaler": _max_abs,
    "sklearn.preprocessing.RobustScaler": _robust,
    "sklearn.preprocessing.PowerTransformer": _power,
    "sklearn.preprocessing.QuantileTransformer": _quantile,
    "sklearn.decomposition.PCA": _pca,
}
