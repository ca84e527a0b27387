"""GaussianProcessRegressor: kernels times weights. GaussianProcessClassifier: Laplace's approximation, of two classes or
of one class against the rest or another."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import both_classes, flat, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, find_model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._gp_kernels import kernel_of_itself, kernel_values, refused_gp_kernel
from modelport.frontends.sklearn.models._special import erf
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _refuse(estimator: Any) -> list[str]:
    if qualified_name(estimator).endswith("Regressor"):
        if not hasattr(estimator, "X_train_"):
            return ["not fitted: it predicts its prior"]
        return refused_gp_kernel(estimator.kernel_)
    if not hasattr(estimator, "base_estimator_"):
        return []
    reasons = [reason for one in _binary(estimator) for reason in refused_gp_kernel(one.kernel_, of_itself=True)]
    return list(dict.fromkeys(reasons))


def _binary(estimator: Any) -> list[Any]:
    """The estimators of two classes inside; one fitted on a single class is a constant."""
    base = estimator.base_estimator_
    return [one for one in getattr(base, "estimators_", [base]) if hasattr(one, "kernel_")]


def _regression(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    """std · K·α + mean, the undone scaling of y. [N] or [N, K]."""
    alpha = np.asarray(estimator.alpha_)
    kernel = kernel_values(scope, estimator.kernel_, rows, estimator.X_train_)
    mean = with_array(scope, "MatMul", kernel, alpha.reshape(len(alpha), -1))
    scaled = with_array(scope, "Mul", mean, np.asarray(estimator._y_train_std, dtype=np.float64))
    value = with_array(scope, "Add", scaled, np.asarray(estimator._y_train_mean, dtype=np.float64))
    return flat(scope, value) if alpha.ndim == 1 or alpha.shape[1] == 1 else value


def _two_classes(scope: Scope, estimator: Any, table: Columns) -> Prediction:
    """The sign of the latent mean decides; the probability integrates five error functions over its variance."""
    from sklearn.gaussian_process._gpc import COEFS, LAMBDAS

    b = scope.builder
    rows = table.matrix(b)
    kernel = kernel_values(scope, estimator.kernel_, rows, estimator.X_train_)
    mean = with_array(scope, "MatMul", kernel, (estimator.y_train_ - estimator.pi_)[:, None])
    weighted = with_array(scope, "Mul", kernel, np.asarray(estimator.W_sr_))
    solved = _solved(scope, b.cast(weighted, ir.DataType.DOUBLE), np.asarray(estimator.L_, dtype=np.float64))
    variance = b.op(
        "Sub", kernel_of_itself(scope, estimator.kernel_, rows), row_sum(scope, b.op("Mul", solved, solved), keep=True)
    )
    one, two, pi = (b.constant(np.asarray(number)) for number in (1.0, 2.0, np.pi))
    lambdas, coefficients = np.asarray(LAMBDAS).ravel(), np.asarray(COEFS).ravel()
    alpha = b.op("Div", one, b.op("Mul", two, variance))
    narrowed = b.op("Sqrt", b.op("Div", alpha, b.op("Add", alpha, b.constant(lambdas**2))))
    inner = erf(scope, b.op("Mul", b.op("Mul", b.constant(lambdas), b.cast(mean, ir.DataType.DOUBLE)), narrowed))
    scale = b.op("Mul", two, b.op("Sqrt", b.op("Mul", b.op("Mul", variance, two), pi)))
    integrals = b.op("Div", b.op("Mul", b.op("Sqrt", b.op("Div", pi, alpha)), inner), scale)
    total = row_sum(scope, b.op("Mul", b.constant(coefficients), integrals), keep=True)
    share = b.op("Add", total, b.constant(np.asarray(0.5 * np.asarray(COEFS).sum())))
    flat_mean = flat(scope, mean)
    above = b.op("Greater", flat_mean, b.constant(np.asarray(0.0), flat_mean.dtype), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(above, ir.DataType.INT64),
        scores=flat_mean,
        rule="positive",
        probability=both_classes(scope, share),
        value=flat(scope, share),
        classes=tuple(label.item() for label in estimator.classes_),
    )


def _solved(scope: Scope, sides: ir.Value, lower: Array) -> ir.Value:
    """[N, M] -> [N, M]: L⁻¹ of each row, by the inverse.

    Numerics: the source solves with L, which errs by M eps |L⁻¹||L||v| (Higham, section 8.2), the inverse by M eps
    |L⁻¹||L||L⁻¹||b|, the product by M eps |L⁻¹||b|.
    """
    from scipy.linalg import solve_triangular

    inverse = solve_triangular(lower, np.eye(len(lower)), lower=True)
    b = scope.builder
    value = b.op("MatMul", sides, b.constant(np.ascontiguousarray(inverse.T)))
    size, back = np.abs(inverse), np.abs(inverse) @ np.abs(lower)

    def rule(n: Local) -> Array:
        given = np.abs(n.x()) @ size.T
        own = (np.abs(n.result) + given) @ back.T + given
        return np.asarray(2 * len(lower) * n.eps * own + n.d() @ size.T)

    return scope.claim(value, [sides], rule, "2 M eps |L⁻¹||L||v| of a triangular solution")


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]; label [N], probability [N, C]. Numerics: M eps Σ|k·α|, carried on."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    if kind == "GaussianProcessRegressor":
        return Prediction(value=_regression(scope, estimator, table.matrix(scope.builder)))
    if estimator.n_classes_ == 2:
        prediction = _two_classes(scope, estimator.base_estimator_, table)
        return Prediction(
            index=prediction.index, scores=prediction.scores, rule="positive", probability=prediction.probability
        )
    outer = find_model(estimator.base_estimator_)
    if outer is None:
        raise TypeError("no converter for the strategy of several classes")

    def part(inner: Scope, one: Any, columns: Columns) -> Columns | Prediction:
        if hasattr(one, "pi_"):
            return _two_classes(inner, one, columns)
        result: Columns | Prediction = convert_part(inner, one, columns)
        return result

    result = outer.convert(scope, estimator.base_estimator_, Columns(table.parts), part)
    if isinstance(result, Columns):
        raise TypeError("a strategy of several classes predicts")
    versus_rest = estimator.multi_class == "one_vs_rest"
    # Neither scores nor, of pairs, probabilities are to be had from the classifier around it.
    return Prediction(
        index=result.index,
        scores=result.scores,
        rule=result.rule,
        border=result.border,
        probability=result.probability if versus_rest else None,
    )


MODEL = Model(
    classes=[
        "sklearn.gaussian_process.GaussianProcessClassifier",
        "sklearn.gaussian_process.GaussianProcessRegressor",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/gaussian_process/_gpr.py, _gpc.py and kernels.py of 1.9, predict, predict_proba, __call__, diag",
)
