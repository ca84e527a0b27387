"""xgb.Booster: the booster that R's object carries, in any format of XGBoost 0.4 to 3.x, as XGBoost's own predict gives it.

Where the booster is: ``raw`` of the list (R's package until 2.x, and wrappers of other packages), or the state of the ALTREP
object that 3.x saves. Where the object knows the levels of a factor response (``metadata`` of ``xgboost()`` 3.x), labels are these.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._engine import Engine
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._boosted import (
    added,
    columns_named,
    lost,
    names_of,
    payload,
    values_of,
    variables_of,
)
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, as_array, texts
from modelport.ir.builder import GraphBuilder
from modelport.ir.prediction import Prediction
from modelport.readers.boosted import BoostedColumn, joined
from modelport.readers.xgboost.columns import boosted_columns
from modelport.readers.xgboost.emit import Wrapper, emit, faults, kind_of
from modelport.readers.xgboost.margins import Use
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.parse import parse_serialized

__all__ = ["MODEL"]

_LOST = "save it in R with xgb.save(model, 'model.ubj') and convert that file; or set model$raw <- xgb.save.raw(model) first"


def _bytes(model: RObject) -> bytes:
    found = payload(model) or payload(model.get("raw"))
    if found is None:
        raise lost("xgb.Booster", _LOST)
    return found


@lru_cache(maxsize=2)
def _parsed(model: RObject) -> XGBoostModel:
    return parse_serialized(_bytes(model), "the xgb.Booster")


def _columns(model: RObject, parsed: XGBoostModel) -> tuple[BoostedColumn, ...]:
    count = parsed.n_features
    own = parsed.feature_names or names_of(_kept(model, "feature_names"), count) or names_of(model.get("xNames"), count)
    map_ = model.get("fmap")
    own = own or (names_of(map_.get("name"), count) if map_ is not None else None)
    # As as.data.frame calls the columns of a matrix without names.
    return columns_named(boosted_columns(parsed), own or tuple(f"V{i + 1}" for i in range(count)))


def _kept(model: RObject, name: str) -> RObject | None:
    """An element of the list, or an attribute of the ALTREP object."""
    return model.get(name) or model.attributes.get(name)


def _levels(model: RObject) -> tuple[str, ...] | None:
    about = model.attributes.get("metadata")
    levels = about.get("y_levels") if about is not None else None
    return tuple(texts(levels)) if isinstance(levels, RStrings) and len(levels) > 1 else None


def _rounds(model: RObject, parsed: XGBoostModel) -> int | None:
    """How many rounds predict takes by itself: the best, where training was stopped early.

    The list counts from 1 and says nothing where training was not stopped; the booster's own attribute counts from 0.
    """
    if parsed.trees is None:
        return None
    if isinstance(model, RList):
        best = model.get("best_iteration")
        numbers = as_array(best) if isinstance(best, RVector) else np.empty(0)
        return int(numbers[0]) if len(numbers) and numbers[0] >= 1 else None
    return None if parsed.best_iteration is None else parsed.best_iteration + 1


def _wrapper(model: RObject, parsed: XGBoostModel) -> Wrapper:
    """R's predict gives numbers, also the probability of class 1, unless the object knows the levels; else classes."""
    if _levels(model) is None and not parsed.objective.startswith("multi:"):
        return Wrapper("regressor")
    return Wrapper()


def _refuses_infinite(model: RObject, parsed: XGBoostModel) -> bool:
    """Until 2.x, and for linear boosters, predict makes an xgb.DMatrix, which takes no number beyond float32."""
    return isinstance(model, RList) or parsed.linear is not None


def _variables(model: RObject, _: Hints) -> list[Variable]:
    return variables_of(_columns(model, _parsed(model)))


def _refuse(model: RObject) -> list[str]:
    parsed = _parsed(model)
    found = faults(parsed, _wrapper(model, parsed))
    levels = _levels(model)
    if not found and levels and len(levels) != max(2, parsed.n_outputs):
        found.append(f"it has {parsed.n_outputs} outputs for {len(levels)} levels of the response")
    return found


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N] or [N, K] and link (the margin); label [N] and probability [N, C] of several classes.

    Numerics: numbers are rounded to float32, margins are exact, links within one float32. NA is the missing value.
    """
    parsed = _parsed(model)
    columns, wrapper = _columns(model, parsed), _wrapper(model, parsed)
    use = Use(rounds=_rounds(model, parsed))
    values = values_of(scope, columns)
    found = added(scope, emit(scope.builder, parsed, values, use, wrapper), columns)
    if _refuses_infinite(model, parsed):
        scope.refuses_infinite = True
        found = _without_infinite(scope.builder, found, values, parsed.n_outputs)
    scope.notes.append("NA is XGBoost's missing value and has an answer")
    coded = [c.name for c, kind in zip(columns, parsed.feature_types or (), strict=False) if kind == "c"]
    if coded:
        scope.notes.append(f"categories as the codes from 0 that training saw: {', '.join(coded)}")
    if kind_of(parsed, wrapper) == "classifier":
        levels = _levels(model)
        if levels is not None:
            return _by_margin(scope.builder, replace(found, classes=levels))
        scope.notes.append("labels are 0, 1, …: the object holds no others")
    return found


def _by_margin(b: GraphBuilder, found: Prediction) -> Prediction:
    """predict(type = "class") of ``xgboost()``: the second level from a margin of 0 on, or the first greatest margin."""
    margin = found.score
    assert margin is not None
    if found.rule == "argmax":
        return replace(found, index=b.op("ArgMax", margin, dtype=ir.DataType.INT64, axis=1, keepdims=0), scores=margin)
    zero = b.constant(np.asarray(0.0, dtype=np.float32))
    reached = b.op("GreaterOrEqual", margin, zero, dtype=ir.DataType.BOOL)
    return replace(found, index=b.cast(reached, ir.DataType.INT64), scores=margin, border=0.0)


def _without_infinite(b: GraphBuilder, found: Prediction, values: Sequence[ir.Value], n_outputs: int) -> Prediction:
    """NaN for rows with a number beyond float32, which xgb.DMatrix refuses."""
    numbers = [value for value in values if value.dtype != ir.DataType.STRING]
    if not numbers:
        return found
    rows = joined(b, numbers, ir.DataType.FLOAT)
    beyond = b.cast(b.op("IsInf", rows, dtype=ir.DataType.BOOL), ir.DataType.FLOAT)
    most = b.op("ReduceMax", beyond, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    wide = b.op("Greater", most, b.constant(np.asarray(0.5, dtype=np.float32)), dtype=ir.DataType.BOOL)
    flat = b.op("Squeeze", wide, b.constant(np.array([1], dtype=np.int64)))
    parts: dict[str, ir.Value] = {}
    for name in ("value", "link", "score", "probability", "scores"):
        given = getattr(found, name)
        if given is not None:
            several = n_outputs > 1 or name == "probability"
            nothing = b.constant(np.asarray(np.nan), given.dtype)
            parts[name] = b.op("Where", wide if several else flat, nothing, given, dtype=given.dtype)
    return replace(found, **parts)  # type: ignore[arg-type]


def _engine(model: RObject) -> Engine | None:
    """XGBoost in Python, where it is installed and loads the booster: the library that R's package calls."""
    from modelport.frontends.r.oracle.xgboost import xgboost_engine

    parsed = _parsed(model)
    columns = _columns(model, parsed)
    if any(column.kind == "text" or column.numbers is not None for column in columns):
        return None
    names = tuple(c.name for c in columns)
    return xgboost_engine(_bytes(model), parsed, names, _rounds(model, parsed), _levels(model))


_ASK = """
function(model, data) {
  data <- data.matrix(data)
  shaped <- function(p) if (is.matrix(p) || length(p) == nrow(data)) unname(p) else matrix(p, nrow(data), byrow = TRUE)
  if (inherits(model, "xgboost")) {
    value <- shaped(predict(model, data))
    margin <- shaped(predict(model, data, type = "raw"))
    if (is.null(attr(model, "metadata")$y_levels)) return(list(value = value, link = margin))
    probability <- if (is.matrix(value)) value else cbind(1 - value, value)
    return(list(label = as.character(predict(model, data, type = "class")), probability = probability, score = margin))
  }
  value <- shaped(predict(model, data))
  margin <- shaped(predict(model, data, outputmargin = TRUE))
  config <- xgb.config(model)
  if (is.character(config)) config <- jsonlite::fromJSON(config)
  if (!startsWith(config$learner$objective$name, "multi:")) return(list(value = value, link = margin))
  if (!is.matrix(value)) return(list(label = as.character(value), score = margin))
  list(label = as.character(max.col(value, "first") - 1), probability = value, score = margin)
}
"""

MODEL = Model(
    classes=["xgb.Booster", "xgb3.Booster"],
    package="xgboost",
    variables=_variables,
    convert=_convert,
    ask=_ASK,
    under=["xgboost"],
    refuse=_refuse,
    engine=_engine,
    source="xgboost/R/xgb.Booster.R of 1.7 and 3.0, predict.xgb.Booster; src/ of XGBoost 3.2",
)
