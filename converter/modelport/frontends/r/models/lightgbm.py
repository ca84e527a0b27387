"""lgb.Booster: the text model that R's object carries in ``raw``, as LightGBM's own predict gives it."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends.r._engine import Engine
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._boosted import added, lost, payload, values_of, variables_of
from modelport.frontends.r.serialize import RObject, RStrings, RVector, as_array, texts
from modelport.ir.builder import GraphBuilder
from modelport.ir.prediction import Prediction
from modelport.readers.boosted import BoostedColumn, Emission, joined
from modelport.readers.lightgbm.emit import Predicted, emit, landmarks
from modelport.readers.lightgbm.links import link_of
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.parse import parse
from modelport.readers.lightgbm.refusals import refusals

__all__ = ["MODEL"]

_LOST = (
    "save it in R with lgb.save(model, 'model.txt') and convert that file; or call model$save_raw() before saveRDS()"
)
_CLASSIFIERS = ("multiclass", "multiclassova", "softmax", "ova", "multiclass_ova", "one_vs_all")


def _text(model: RObject) -> str:
    found = payload(model.get("raw"))
    if found is None:
        raise lost("lgb.Booster", _LOST)
    try:
        return found.decode().replace("\r\n", "\n").rstrip("\0")
    except UnicodeDecodeError as err:
        raise ModelFileError("the text of the lgb.Booster is no UTF-8", where="element raw", fix=_LOST) from err


@lru_cache(maxsize=2)
def _parsed(model: RObject) -> LightGBMModel:
    """The rounds that predict takes by itself: up to the best, where training was stopped early."""
    parsed = parse(_text(model), "the lgb.Booster")
    rounds = _rounds(model)
    return parsed if rounds is None else parsed.between(0, rounds)


def _rounds(model: RObject) -> int | None:
    best = model.get("best_iter")
    numbers = as_array(best) if isinstance(best, RVector) else np.empty(0)
    return int(numbers[0]) if len(numbers) and numbers[0] > 0 else None


def _columns(parsed: LightGBMModel) -> tuple[BoostedColumn, ...]:
    marks = landmarks(parsed)
    unnamed = parsed.names == tuple(f"Column_{i}" for i in range(len(parsed.names)))
    # As as.data.frame calls the columns of a matrix without names.
    names = [f"V{i + 1}" for i in range(len(parsed.names))] if unnamed else parsed.names
    return tuple(BoostedColumn(name, landmarks=marks.get(index, ())) for index, name in enumerate(names))


def _levels(model: RObject) -> tuple[str, ...] | None:
    """Of a factor response, which lightgbm() keeps."""
    processor = model.get("data_processor")
    levels = processor.get("factor_levels") if processor is not None else None
    return tuple(texts(levels)) if isinstance(levels, RStrings) and len(levels) > 1 else None


def _variables(model: RObject, _: Hints) -> list[Variable]:
    return variables_of(_columns(_parsed(model)))


def _refuse(model: RObject) -> list[str]:
    parsed = _parsed(model)
    found = refusals(parsed, link_of(parsed.objective), ())
    levels = _levels(model)
    if not found and levels and len(levels) != max(2, parsed.per_iteration):
        found.append(f"it has {parsed.per_iteration} outputs for {len(levels)} levels of the response")
    return found


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N] and link (the raw score); label [N] and probability [N, C] of several classes.

    Numerics: float64, raw sums are exact, links within the stated ULP. NA is missing, as the model has it.
    """
    parsed = _parsed(model)
    columns = _columns(parsed)
    link = link_of(parsed.objective)
    assert link is not None
    rows = joined(scope.builder, values_of(scope, columns), ir.DataType.DOUBLE)
    given = emit(scope.builder, parsed, link, rows)
    return added(scope, Emission(_outputs(scope, model, parsed, given), given.forests, given.origins), columns)


def _outputs(scope: Scope, model: RObject, parsed: LightGBMModel, given: Predicted) -> Prediction:
    """R's predict of one output is a number, also the probability of class 1, unless the object knows the levels."""
    b, levels = scope.builder, _levels(model)
    objective = (parsed.objective or "").split(" ")[0]
    if parsed.per_iteration > 1:
        found = Prediction(value=given.output, link=given.raw)
        if objective not in _CLASSIFIERS:
            return found
        return _labelled(b, found, given.output, levels or tuple(range(parsed.per_iteration)))
    raw = _flat(b, given.raw)
    found = Prediction(value=raw if given.output is given.raw else _flat(b, given.output), link=raw)
    if objective != "binary" or levels is None:
        return found
    one = b.constant(np.asarray(1.0))
    both = b.op("Concat", b.op("Sub", one, given.output), given.output, axis=1)
    return _labelled(b, found, both, levels)


def _flat(b: GraphBuilder, value: ir.Value) -> ir.Value:
    return b.op("Squeeze", value, b.constant(np.array([1], dtype=np.int64)))


def _labelled(
    b: GraphBuilder, found: Prediction, probability: ir.Value, classes: tuple[str, ...] | tuple[int, ...]
) -> Prediction:
    index = b.op("ArgMax", probability, dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0)
    return replace(found, classes=classes, index=index, scores=probability, rule="argmax", probability=probability)


def _engine(model: RObject) -> Engine | None:
    """LightGBM in Python, where it is installed: the library that R's package calls."""
    from modelport.frontends.r.oracle.lightgbm import lightgbm_engine

    parsed = _parsed(model)
    levels = _levels(model) or tuple(str(k) for k in range(max(2, parsed.per_iteration)))
    return lightgbm_engine(_text(model), tuple(c.name for c in _columns(parsed)), _rounds(model), levels)


_ASK = """
function(model, data) {
  value <- predict(model, data.matrix(data))
  if (!is.matrix(value)) return(list(value = value))
  list(label = as.character(max.col(value, "first") - 1), probability = value)
}
"""

MODEL = Model(
    classes=["lgb.Booster"],
    package="lightgbm",
    variables=_variables,
    convert=_convert,
    ask=_ASK,
    refuse=_refuse,
    engine=_engine,
    source="lightgbm/R/lgb.Booster.R of 4.6, predict.lgb.Booster; src/ of LightGBM 4.7",
)
