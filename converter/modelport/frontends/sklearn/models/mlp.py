"""MLPClassifier and MLPRegressor: layer after layer, a product, an addition and the activation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, both_classes, columns, exp, expit, flat, softmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place, with_array
from modelport.frontends.sklearn.models._labels import indicators
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _relu(scope: Scope, value: ir.Value) -> ir.Value:
    return scope.builder.op("Max", value, scope.builder.constant(np.asarray(0.0), value.dtype))


_ACTIVATIONS: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {
    "identity": lambda _, value: value,
    "exp": exp,
    "tanh": lambda scope, value: scope.builder.op("Tanh", value),
    "logistic": expit,
    "relu": _relu,
    "softmax": softmax,
}


def _outputs(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, K]: the last layer, activated."""
    value = table.matrix(scope.builder)
    last = len(estimator.coefs_) - 1
    for number, (weights, bias) in enumerate(zip(estimator.coefs_, estimator.intercepts_, strict=True)):
        value = in_place(scope, "Add", with_array(scope, "MatMul", value, np.asarray(weights)), np.asarray(bias))
        activation = estimator.out_activation_ if number == last else estimator.activation
        value = _ACTIVATIONS[activation](scope, value)
    return value


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]; label [N], probability [N, C]; of K labels a row label [N, K], probability_<k>.

    Numerics: n eps Σ|x·w| of each product, carried through the activations by their spread.
    """
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    value = _outputs(scope, estimator, table)
    if kind == "MLPRegressor":
        single = np.asarray(estimator.coefs_[-1]).shape[1] == 1
        return Prediction(value=flat(scope, value) if single else value)
    kind_of_labels = estimator._label_binarizer.y_type_
    if kind_of_labels == "multilabel-indicator":
        count = int(estimator.n_outputs_)
        return indicators(scope, value, count, 0.5, columns(scope, value, count))
    if kind_of_labels == "multiclass":
        return Prediction(index=argmax(scope, value), scores=value, rule="argmax", probability=value)
    b = scope.builder
    positive = flat(scope, value)
    above = b.op("Greater", positive, b.constant(np.asarray(0.5), value.dtype), dtype=ir.DataType.BOOL)
    return Prediction(
        index=b.cast(above, ir.DataType.INT64),
        scores=positive,
        rule="positive",
        border=0.5,
        probability=both_classes(scope, value),
    )


def _refuse(estimator: Any) -> list[str]:
    if hasattr(estimator, "classes_") and len(estimator.classes_) < 2:
        return ["one class only"]
    return []


MODEL = Model(
    classes=["sklearn.neural_network.MLPClassifier", "sklearn.neural_network.MLPRegressor"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/neural_network/_multilayer_perceptron.py and _base.py of 1.9, _forward_pass_fast, predict",
)
