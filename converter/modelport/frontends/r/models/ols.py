"""rms's ols: the design of its formula, with the knots and levels that Design keeps, times the coefficients."""

from modelport.frontends._scores import flat
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._rms import ASK_ROWS, linear, refusals, variables
from modelport.frontends.r.serialize import RObject
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N].

    Numerics: float64, X %*% beta. A row with NA gives NA; a level that the fit has not seen is an error in R.
    """
    return Prediction(value=flat(scope, linear(scope, model)))


MODEL = Model(
    classes=["ols"],
    package="rms",
    variables=variables,
    convert=_convert,
    refuse=refusals,
    ask=f"""function(model, data) {{
  padded <- {ASK_ROWS}
  list(value = padded(model, data, function(rows) unname(predict(model, rows)))[seq_len(nrow(data))])
}}""",
    source="rms/R/predictrms.s and rms.trans.s of 6.5, predict.ols; Hmisc's rcspline.eval",
)
