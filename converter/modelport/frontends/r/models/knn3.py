"""caret's knn3: shares of the classes among the nearest fitted rows."""

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import missing_where
from modelport.frontends.r._labels import by_vote
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._knn import knn_reasons, knn_variables, taken
from modelport.frontends.r.serialize import RObject, factor
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _classes(model: RObject) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], tuple[str, ...]]:
    """The place of each row's class among the levels, and the levels up to the last that a row has."""
    codes, levels = factor(model["learn"]["y"])
    return codes, tuple(levels[: int(codes.max()) + 1])


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]. Numerics: exact: counts, divided by their sum.

    A row with a value that is missing or infinite is an error in R. R draws lots among classes of as many rows.
    """
    b = scope.builder
    codes, classes = _classes(model)
    found, gone = taken(scope, model)
    members = np.eye(len(classes))[codes]

    def counted(n: Local) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(n.d() @ members)

    votes = scope.claim(b.op("MatMul", found, b.constant(members)), [found], counted, "counts are exact")
    # How many rows were taken: as many as there are votes.
    total = scope.claim(row_sum(scope, votes, keep=True), [votes], _summed, "counts are exact")
    return by_vote(scope, missing_where(scope, gone, b.op("Div", votes, total, dtype=ir.DataType.DOUBLE)), classes)


def _summed(n: Local) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(n.d().sum(axis=1, keepdims=True))


def _refuse(model: RObject) -> list[str]:
    reasons = knn_reasons(model)
    codes, classes = _classes(model)
    if len(set(codes.tolist())) != len(classes):
        reasons.append("a level of the response has no row, so that R's names of the shares are fewer than the shares")
    return reasons


MODEL = Model(
    classes=["knn3"],
    package="caret",
    variables=knn_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  list(label = as.character(predict(model, data, type = "class")), probability = predict(model, data, type = "prob"))
}""",
    source="caret/R/knn3.R and src/caret.c of 6.0-93, predict.knn3, knn3Train, knn3",
)
