"""nnet: one hidden layer, with or without connections that skip it; logistic, linear or softmax outputs."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat, softmax
from modelport.frontends.r._arithmetic import concat, either, missing_where, ones
from modelport.frontends.r._labels import beyond_border, drawn
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._logistic import clipped_expit
from modelport.frontends.r.models._missing import any_missing, not_finite
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.serialize import RObject, RStrings, as_array, flag, integer, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _sizes(model: RObject) -> tuple[int, int, int]:
    inputs, hidden, outputs = (int(size) for size in as_array(model["n"]))
    return inputs, hidden, outputs


def _weights(model: RObject) -> Array:
    """[U, U]: the weight from each unit (0: the bias, then inputs, hidden, outputs) to each other."""
    starts = as_array(model["nconn"]).astype(np.int64)
    units = len(starts) - 1
    table = np.zeros((units, units))
    owner = np.repeat(np.arange(units), np.diff(starts))
    # Of two connections between the same units both count.
    np.add.at(table, (as_array(model["conn"]).astype(np.int64), owner), as_array(model["wts"]))
    return table


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    given = model.get("coefnames")
    return model_variables(model, texts(given) if isinstance(given, RStrings) else [], _sizes(model)[0], hints)


def _outputs(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """[N, P] -> [N, K]: units in order, each a sum over its connections, squeezed below number ``nsunits``."""
    b = scope.builder
    inputs, hidden, count = _sizes(model)
    table = _weights(model)
    squeezed = integer(model["nsunits"])
    known = concat(scope, [ones(scope), rows])
    if hidden:
        first = inputs + 1
        weights = np.ascontiguousarray(table[:first, first : first + hidden])
        known = concat(scope, [known, clipped_expit(scope, b.op("MatMul", known, b.constant(weights)))])
    start = inputs + 1 + hidden
    value = b.op("MatMul", known, b.constant(np.ascontiguousarray(table[:start, start:])))
    if squeezed > start:
        value = clipped_expit(scope, value)
    return softmax(scope, value) if count > 1 and flag(model["softmax"]) else value


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; value [N] or [N, K].

    Numerics: float64; k eps Σ|x·w| of a unit's sum, carried through the logistic function, which jumps at ±15 as in nnet.c.
    A row with NA gives NA, one with an infinite number is refused, classes within 1e-5 of the greatest are drawn.
    """
    inputs, _, count = _sizes(model)
    rows = model_rows(scope, model, inputs)
    value = missing_where(
        scope, either(scope, any_missing(scope), not_finite(scope, rows)), _outputs(scope, model, rows)
    )
    given = model.get("lev")
    levels = tuple(texts(given)) if isinstance(given, RStrings) else ()
    if count == 1 and len(levels) == 2:
        return beyond_border(scope, levels, value)
    if count > 1 and len(levels) >= count:
        return drawn(scope, value, levels[:count])
    return Prediction(value=flat(scope, value) if count == 1 else value)


def _refuse(model: RObject) -> list[str]:
    inputs, hidden, count = _sizes(model)
    reasons = []
    table = _weights(model)
    first, start = inputs + 1, inputs + 1 + hidden
    if table[:, :first].any() or table[first:, first:start].any() or table[start:, start:].any():
        reasons.append("its connections are not from inputs to hidden units to outputs (add.net)")
    if integer(model["nsunits"]) not in (start, start + count):
        reasons.append("some of its outputs are logistic and others linear")
    shown = model.get("fitted.values")
    given = model.get("lev")
    columns = names(shown) if shown is not None else []
    if isinstance(given, RStrings) and columns and len(columns) == count > 1 and texts(given)[:count] != columns:
        reasons.append("a level of its response was empty at the fit: R then names the wrong class; drop the level")
    return reasons


MODEL = Model(
    classes=["nnet", "nnet.formula"],
    package="nnet",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    drops_nan=True,
    ask="""function(model, data) {
  value <- predict(model, data, type = "raw")
  levels <- model$lev
  if (is.null(levels) || (ncol(value) == 1 && length(levels) != 2) || (ncol(value) > 1 && length(levels) < ncol(value)))
    return(list(value = value))
  label <- predict(model, data, type = "class")
  answer <- list(label = label, probability = if (ncol(value) == 1) cbind(1 - value, value) else value)
  if (identical(levels, c("0", "1"))) answer$value <- value
  answer
}""",
    source="nnet/R/nnet.R and src/nnet.c of 7.3-18, predict.nnet, fpass",
)
