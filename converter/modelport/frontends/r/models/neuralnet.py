"""neuralnet: layer after layer, a constant 1 before the units of each, and the activation."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat as one_column
from modelport.frontends.r._arithmetic import concat, constant, is_nan, ones, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.serialize import RList, RObject, RStrings, flag, matrix, text, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _logistic(scope: Scope, x: ir.Value) -> ir.Value:
    b = scope.builder
    one = constant(scope, 1.0)
    return b.op("Div", one, b.op("Add", one, b.op("Exp", b.op("Neg", x))))


def _tanh(scope: Scope, x: ir.Value) -> ir.Value:
    return scope.builder.op("Tanh", x)


def _relu(scope: Scope, x: ir.Value) -> ir.Value:
    zero = constant(scope, 0.0)
    below = scope.builder.op("Less", x, zero, dtype=ir.DataType.BOOL)
    return where(scope, below, zero, where(scope, is_nan(scope, x), constant(scope, np.nan), x))


_ACTIVATIONS: dict[str, Callable[[Scope, ir.Value], ir.Value]] = {"logistic": _logistic, "tanh": _tanh, "relu": _relu}


def _layers(model: RObject) -> list[Array]:
    """The weights of the first repetition; excluded ones (NA) are 0."""
    first = model["weights"].values[0] if isinstance(model["weights"], RList) else None
    if not isinstance(first, RList):
        return []
    return [np.nan_to_num(matrix(layer).values, nan=0.0) for layer in first.values]


def _activation(model: RObject, name: str) -> str:
    given = model.get(name)
    kind = None if given is None else given.attributes.get("type")
    return text(kind).lower() if isinstance(kind, RStrings) else "a function of its own"


def _output_activation(model: RObject) -> str:
    return "output.act.fct" if model.get("output.act.fct") is not None else "act.fct"


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    names = texts(model["model.list"]["variables"])
    return matrix_variables(chosen_names(names, len(_layers(model)[0]) - 1, hints))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or [N, K] of K outputs. Numerics: k eps Σ|x·w| of each product. A row with NA gives NA."""
    b = scope.builder
    layers = _layers(model)
    value = matrix_rows(scope, list(scope.variables))
    for number, weights in enumerate(layers):
        value = b.op("MatMul", concat(scope, [ones(scope), value]), b.constant(np.ascontiguousarray(weights)))
        last = number == len(layers) - 1
        if not last:
            value = _ACTIVATIONS[_activation(model, "act.fct")](scope, value)
        elif not flag(model["linear.output"]):
            value = _ACTIVATIONS[_activation(model, _output_activation(model))](scope, value)
    return Prediction(value=one_column(scope, value) if layers[-1].shape[1] == 1 else value)


def _refuse(model: RObject) -> list[str]:
    if not _layers(model):
        return ["it holds no weights: the fit did not converge within stepmax"]
    reasons = []
    if len(_layers(model)) > 1 and _activation(model, "act.fct") not in _ACTIVATIONS:
        reasons.append(f"the activation is {_activation(model, 'act.fct')} (known: {', '.join(_ACTIVATIONS)})")
    kind = _activation(model, _output_activation(model))
    if not flag(model["linear.output"]) and kind not in _ACTIVATIONS:
        reasons.append(f"the activation of the output is {kind} (known: {', '.join(_ACTIVATIONS)})")
    return reasons


MODEL = Model(
    classes=["nn"],
    package="neuralnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="function(model, data) list(value = predict(model, data))",
    source="neuralnet/R/predict.nn.r and compute.r of 1.44, predict.nn, compute",
    unproven="the package neuralnet was not at hand",
)
