"""elmNN: an extreme learning machine: random hidden units, and a linear layer that was solved for."""

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import concat, constant, missing_where, ones, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._elm_units import ACTIVATIONS, Activation, triangle_inside
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.models._missing import any_missing
from modelport.frontends.r.serialize import RObject, RPairs, RSymbol, as_array, matrix, text
from modelport.frontends.r.terms.calls import as_call, deparse, variables_in
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL = ir.DataType.BOOL


def _saturated(scope: Scope, x: ir.Value) -> ir.Value:
    b = scope.builder
    one, least = constant(scope, 1.0), constant(scope, -1.0)
    upper = where(scope, b.op("GreaterOrEqual", x, one, dtype=_BOOL), one, x)
    return where(scope, b.op("LessOrEqual", x, least, dtype=_BOOL), least, upper)


def _triangle(scope: Scope, x: ir.Value) -> ir.Value:
    return triangle_inside(scope, x, constant(scope, 0.0))


_ACTIVATIONS: dict[str, Activation] = ACTIVATIONS | {"satlins": _saturated, "tribas": _triangle}


def _formula(model: RObject) -> RPairs | None:
    given = model.get("formula")
    return given if isinstance(given, RPairs) else None


def _named(node: RObject) -> list[str] | None:
    """The columns of a + b + c, None where it is something else; ['.'] for all others of the rows."""
    if isinstance(node, RSymbol):
        return [node.name]
    call = as_call(node)
    if call is None:
        return None
    if call.name == "(" and len(call.arguments) == 1:
        return _named(call.arguments[0][1])
    if call.name != "+" or len(call.arguments) != 2:
        return None
    left, right = (_named(value) for _, value in call.arguments)
    return None if left is None or right is None else [*left, *right]


def _right(formula: RPairs) -> RObject:
    return formula.values[-1]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    weights = matrix(model["inpweight"]).values
    formula = _formula(model)
    if formula is None:
        return matrix_variables(chosen_names((), weights.shape[1], hints))
    named = _named(_right(formula)) or []
    if named == ["."]:
        response = set(variables_in(formula.values[1])) if len(formula.values) == 3 else set()
        named = [name for name in hints if name and name not in response and not name.startswith("Unnamed:")]
    texts = [name for name in named if hints.get(name) == "text"]
    if texts or len(named) != weights.shape[1] - 1:
        what = f"; {', '.join(texts)} hold text" if texts else ""
        raise UnsupportedModelError(
            f"the formula {deparse(formula)} gives {len(named)} columns of the sample, the model has "
            f"{weights.shape[1] - 1}{what}",
            where="element $formula: elmNN keeps neither terms nor levels",
            fix="give --data with exactly the columns of the fit, all numbers, in their order",
        )
    return matrix_variables(named)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or [N, K]. Numerics: k eps Σ|x·w| of both products, carried through the activation."""
    b = scope.builder
    rows = matrix_rows(scope, list(scope.variables))
    if _formula(model) is not None:
        # model.matrix() puts the intercept first.
        rows = concat(scope, [ones(scope), rows])
    weights, output = matrix(model["inpweight"]).values, matrix(model["outweight"]).values
    hidden = b.op("MatMul", rows, b.constant(np.ascontiguousarray(weights.T)))
    hidden = b.op("Add", hidden, b.constant(as_array(model["biashid"])))
    hidden = _ACTIVATIONS[text(model["actfun"])](scope, hidden)
    value = missing_where(scope, any_missing(scope), b.op("MatMul", hidden, b.constant(np.ascontiguousarray(output))))
    return Prediction(value=flat(scope, value) if output.shape[1] == 1 else value)


def _refuse(model: RObject) -> list[str]:
    reasons = []
    kind = text(model["actfun"])
    if kind not in _ACTIVATIONS:
        reasons.append(f"actfun = {kind!r} (known: {', '.join(_ACTIVATIONS)})")
    formula = _formula(model)
    if formula is not None and _named(_right(formula)) is None:
        reasons.append(
            f"the formula {deparse(formula)}: elmNN keeps no terms, so that only sums of columns are compiled"
        )
    return reasons


MODEL = Model(
    classes=["elmNN"],
    package="elmNN",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="function(model, data) list(value = predict(model, data))",
    source="elmNN/R/predict.elmNN.R of 1.0, predict.elmNN, elmtrain.formula",
    unproven="the package elmNN is archived and was not at hand",
)
