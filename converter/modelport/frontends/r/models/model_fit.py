"""parsnip's model_fit: a model of a known engine with what parsnip does before and after it."""

from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import data_frame_of
from modelport.frontends.r.models._parsnip import (
    parsnip_packages,
    parsnip_prediction,
    parsnip_reasons,
    parsnip_variables,
)
from modelport.frontends.r.serialize import RObject
from modelport.ir.prediction import Prediction

__all__ = ["ASK_PARSNIP", "MODEL"]

ASK_PARSNIP = """function(model, data) {
  spec <- if (inherits(model, "workflow")) workflows::extract_spec_parsnip(model) else model$spec
  if (spec$mode == "regression") {
    made <- as.matrix(predict(model, data))
    return(list(value = if (ncol(made) == 1) made[, 1] else made))
  }
  out <- list(label = as.character(predict(model, data, type = "class")$.pred_class))
  shares <- tryCatch(predict(model, data, type = "prob"), error = function(e) NULL)
  if (NROW(shares) == nrow(data)) out$probability <- as.matrix(shares)
  out
}"""


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], or label [N] and probability [N, C] in the order of the levels."""
    return parsnip_prediction(scope, model, data_frame_of(scope))


MODEL = Model(
    classes=["model_fit"],
    under=["_*"],
    package="parsnip",
    variables=parsnip_variables,
    convert=_convert,
    ask=ASK_PARSNIP,
    refuse=parsnip_reasons,
    inside=parsnip_packages,
    unproven="package parsnip could not be had; the engines inside and hardhat's part are proven",
    source="parsnip/R of 1.2, predict.model_fit, prepare_data, .convert_form_to_xy_new and the engines' predictions",
)
