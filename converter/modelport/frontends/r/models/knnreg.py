"""caret's knnreg: the mean of the responses of the nearest fitted rows."""

from modelport.frontends._scores import flat, row_sum
from modelport.frontends.r._arithmetic import missing_where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._knn import knn_reasons, knn_variables, taken
from modelport.frontends.r.serialize import RObject, as_array
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]. Numerics: a sum of as many responses as rows are taken, over their number.

    A row with a value that is missing or infinite is dropped, or an error, in R.
    """
    b = scope.builder
    found, gone = taken(scope, model)
    total = b.op("MatMul", found, b.constant(as_array(model["learn"]["y"]).reshape(-1, 1)))
    mean = b.op("Div", total, row_sum(scope, found, keep=True))
    return Prediction(value=flat(scope, missing_where(scope, gone, mean)))


MODEL = Model(
    classes=["knnreg"],
    package="caret",
    variables=knn_variables,
    convert=_convert,
    refuse=knn_reasons,
    drops_nan=True,
    ask="function(model, data) list(value = predict(model, data))",
    source="caret/R/knnreg.R and src/caret.c of 6.0-93, predict.knnreg, knnregTrain, knn3reg",
)
