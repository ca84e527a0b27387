"""hurdle and zeroinfl of pscl: the mean of a count model and of one for zeros, together."""

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant, missing_where
from modelport.frontends.r._functions import expm1, log1p
from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RStrings,
    as_array,
    classes,
    names,
    text,
    texts,
)
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.design import design_of, offset_of
from modelport.frontends.r.terms.frame import Frame
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _frame(model: RObject, part: str) -> Frame:
    levels, contrasts = model.get("levels"), model.get("contrasts")
    known = {}
    if isinstance(levels, RList):
        known = {n: tuple(texts(v)) for n, v in zip(names(levels), levels, strict=True) if isinstance(v, RStrings)}
    own = contrasts.get(part) if contrasts is not None else None
    given = dict(zip(names(own), own.values, strict=True)) if isinstance(own, RList) else {}
    found = Frame(model["terms"][part], known, given)
    if part != "full":
        # The parts read the model frame of the whole formula, which holds the constants of poly() and the like.
        whole = _frame(model, "full")
        found.__dict__["expressions"] = {
            label: whole.expressions.get(label, node) for label, node in found.expressions.items()
        }
        found.__dict__["kinds"] = whole.kinds | found.kinds
    return found


def _call_offset(model: RObject) -> RObject | None:
    call = model.get("call")
    found = call.get("offset") if isinstance(call, RPairs) else None
    return None if found is None or found is NULL else found


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    extra = _call_offset(model)
    full = _frame(model, "full")
    return Frame(full.terms, full.xlevels, full.contrasts, () if extra is None else (extra,)).variables(hints)


def _linear(scope: Scope, model: RObject, part: str) -> ir.Value:
    frame = _frame(model, part)
    weights = as_array(model["coefficients"][part])
    value = design_of(scope, frame).times(np.asarray(weights.reshape(-1, 1)))
    offset = offset_of(scope, frame)
    value = value if offset is None else scope.builder.op("Add", value, offset)
    extra = _call_offset(model) if part == "count" else None
    if extra is None:
        return value
    more = number_value(scope, numeric(Compiler(scope, frame.constants).compile(extra)))
    return scope.builder.op("Add", value, more)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], the mean.

    Numerics: zeroinfl (1 - phi) mu; hurdle exp(log P(zero part > 0) - log P(count > 0) + log mu), the logarithms of the
    upper tails at 0 as log(-expm1(log P(0))).
    """
    b = scope.builder
    mean = b.op("Exp", _linear(scope, model, "count"))
    zero = _linear(scope, model, "zero")
    if "zeroinfl" in classes(model):
        phi = inverse_link(scope, model, zero)
        return Prediction(value=flat(scope, b.op("Mul", b.op("Sub", constant(scope, 1.0), phi), mean)))
    kinds = model["dist"]
    if text(kinds["zero"]) == "binomial":
        passed = b.op("Log", inverse_link(scope, model, zero))
    else:
        passed = _log_above_zero(scope, model, "zero", b.op("Exp", zero))
    log_share = b.op("Sub", passed, _log_above_zero(scope, model, "count", mean))
    return Prediction(value=flat(scope, b.op("Exp", b.op("Add", log_share, b.op("Log", mean)))))


def _log_above_zero(scope: Scope, model: RObject, part: str, mean: ir.Value) -> ir.Value:
    """log P(Y > 0)."""
    b = scope.builder
    kind = text(model["dist"][part])
    if kind == "poisson":
        none = b.op("Neg", mean)
    else:
        size = 1.0
        if kind == "negbin":
            theta = model["theta"]
            own = names(theta)
            size = float(as_array(theta)[own.index(part) if part in own else 0])
        grown = log1p(scope, b.op("Div", mean, constant(scope, size)))
        none = b.op("Neg", b.op("Mul", constant(scope, size), grown))
        # pnbinom() of an infinite mean is NaN.
        none = missing_where(scope, b.op("IsInf", mean, dtype=ir.DataType.BOOL), none)
    return b.op("Log", b.op("Neg", expm1(scope, none)))


def _refuse(model: RObject) -> list[str]:
    if "hurdle" in classes(model) and text(model["dist"]["zero"]) != "binomial":
        return []
    return link_refusals(model)


MODEL = Model(
    classes=["hurdle", "zeroinfl"],
    package="pscl",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) list(value = predict(model, data, type = "response"))""",
    refuse=_refuse,
    source="pscl/R/hurdle.R and zeroinfl.R of 1.5, predict.hurdle and predict.zeroinfl",
)
