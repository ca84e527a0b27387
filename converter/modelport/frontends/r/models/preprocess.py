"""caret's preProcess by itself: a transformer of the columns that it was fitted on."""

from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._caret_prepare import columns_of, prepared, refusals
from modelport.frontends.r.models._data_frame import as_numbers, data_frame_of
from modelport.frontends.r.serialize import RObject
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, _: Hints) -> list[Variable]:
    read, _others = columns_of(model)
    return [Variable(name, "number") for name in read]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> transformed [N, M]: the columns in the order of the fit, then components.

    Columns that preProcess hands through untouched, factors among them, are no part of the result.
    """
    frame = prepared(scope, model, data_frame_of(scope))
    scope.notes.append(f"the columns of 'transformed' are: {', '.join(frame)}")
    return Prediction(transformed=as_numbers(scope, frame, list(frame)), task="transformer")


MODEL = Model(
    classes=["preProcess"],
    package="caret",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  # Trees that fill gaps drop a row without any other value, and the rows behind it get each other's numbers.
  for (name in names(model$bagImp)) model$bagImp[[name]]$model$mtrees[[1]]$btree$call$na.action <- na.pass
  made <- predict(model, data)
  list(transformed = as.matrix(made[, vapply(as.data.frame(made), is.numeric, TRUE), drop = FALSE]))
}""",
    refuse=refusals,
    source="caret/R/preProcess.R of 6.0-93, predict.preProcess",
)
