"""RBFSampler, SkewedChi2Sampler and AdditiveChi2Sampler: random or sampled features whose dot products stand for a kernel."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place, with_array
from modelport.frontends.sklearn.models._functions import log
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL"]


def _fourier(scope: Scope, estimator: Any, rows: ir.Value, scale: Any) -> ir.Value:
    """cos(x·W + b) scaled, each step in the type that numpy's in-place operations keep."""
    weights = np.ascontiguousarray(np.asarray(estimator.random_weights_))
    value = with_array(scope, "MatMul", rows, weights)
    value = in_place(scope, "Add", value, np.asarray(estimator.random_offset_))
    return in_place(scope, "Mul", scope.builder.op("Cos", value), scale)


def _rbf(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    return _fourier(scope, estimator, rows, (2.0 / estimator.n_components) ** 0.5)


def _skewed(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    logged = log(scope, in_place(scope, "Add", rows, estimator.skewedness))
    return _fourier(scope, estimator, logged, np.sqrt(2.0) / np.sqrt(estimator.n_components))


def _additive(scope: Scope, estimator: Any, rows: ir.Value) -> ir.Value:
    """The features of every column stand together, step by step; those of 0 are 0."""
    b = scope.builder
    interval = estimator.sample_interval
    if interval is None:
        interval = {1: 0.8, 2: 0.5, 3: 0.4}[estimator.sample_steps]
    zero = b.constant(np.asarray(0.0), rows.dtype)
    empty = b.op("Equal", rows, zero, dtype=ir.DataType.BOOL)
    one = b.constant(np.asarray(1.0), rows.dtype)
    present = b.op("Where", empty, one, rows, dtype=rows.dtype)

    def filled(value: ir.Value) -> ir.Value:
        return b.op("Where", empty, zero, b.cast(value, rows.dtype or ir.DataType.DOUBLE), dtype=rows.dtype)

    steps = [filled(b.op("Sqrt", with_array(scope, "Mul", present, interval)))]
    logged = with_array(scope, "Mul", log(scope, present), interval)
    doubled = with_array(scope, "Mul", with_array(scope, "Mul", present, 2), interval)
    for j in range(1, estimator.sample_steps):
        # np.cosh gives a float64 scalar, which widens float32 rows from here on.
        factor = b.op("Sqrt", with_array(scope, "Div", doubled, np.cosh(np.pi * j * interval)))
        angle = b.cast(with_array(scope, "Mul", logged, j), rows.dtype or ir.DataType.DOUBLE)
        for function in ("Cos", "Sin"):
            wave = b.cast(b.op(function, angle), factor.dtype or ir.DataType.DOUBLE)
            steps.append(filled(b.op("Mul", factor, wave)))
    return steps[0] if len(steps) == 1 else b.op("Concat", *steps, axis=1)


_SAMPLERS = {"RBFSampler": _rbf, "SkewedChi2Sampler": _skewed, "AdditiveChi2Sampler": _additive}


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K]. Numerics: the dot product's error, and a few eps of sin, cos and log."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    value = _SAMPLERS[kind](scope, estimator, table.matrix(scope.builder))
    width = table.width * (2 * estimator.sample_steps - 1) if kind == "AdditiveChi2Sampler" else estimator.n_components
    return mixed(table, value, int(width))


MODEL = Model(
    classes=[f"sklearn.kernel_approximation.{kind}" for kind in _SAMPLERS],
    convert=_convert,
    source="sklearn/kernel_approximation.py of 1.9, transform() of each class",
)
