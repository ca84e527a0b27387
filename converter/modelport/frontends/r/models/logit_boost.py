"""caTools' LogitBoost of two classes: stumps that each say one side, counted; the probabilities follow from the count alone."""

import math

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import concat, constant, is_nan, to_number, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import matrix_rows, matrix_variables
from modelport.frontends.r.serialize import RObject, RStrings, RVector, as_array, is_factor, matrix, texts
from modelport.frontends.r.terms.convert_types import level_text
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL, _INT64 = ir.DataType.BOOL, ir.DataType.INT64
Array = npt.NDArray[np.float64]


def _stumps(model: RObject) -> tuple[Array, Array, Array]:
    """Of each stump the column from 1, the threshold and the sign, [I]."""
    columns, thresholds, signs = matrix(model["Stump"]).values[:, :3].T
    return columns, thresholds, signs


def _classes(model: RObject) -> list[str]:
    given = model["lablist"]
    if is_factor(given) or isinstance(given, RStrings):
        return texts(given)
    if isinstance(given, RVector) and given.kind == "logical":
        return ["TRUE" if value else "FALSE" for value in as_array(given)]
    return [level_text(value) for value in as_array(given).tolist()]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, 2].

    Numerics: exact. The count F of stumps, each 1 or -1, is whole, and 1 / (1 + exp(-F)) is looked up as the C library
    gives it. A missing number counts as infinite.
    """
    b = scope.builder
    columns, thresholds, signs = _stumps(model)
    own = list(scope.variables)
    for column, threshold in zip(columns, thresholds, strict=True):
        scope.mark(own[int(column) - 1], [threshold])
    rows = matrix_rows(scope, own)
    rows = where(scope, is_nan(scope, rows), constant(scope, np.inf), rows)
    asked = b.op("Gather", rows, b.constant(columns.astype(np.int64) - 1), axis=1)
    below = to_number(scope, b.op("LessOrEqual", asked, constant(scope, thresholds.reshape(1, -1)), dtype=_BOOL))
    twice = b.op("MatMul", below, constant(scope, 2 * signs.reshape(-1, 1)))
    total = b.op("Sub", twice, constant(scope, signs.sum()))
    count = len(signs)
    second = np.array([1 / (1 + math.exp(-f)) for f in range(-count, count + 1)])
    place = b.cast(b.op("Add", total, constant(scope, float(count))), _INT64)
    shares = [b.op("Gather", constant(scope, table), place, axis=0) for table in (1 - second, second)]
    above = b.op("Greater", flat(scope, total), constant(scope, 0.0), dtype=_BOOL)
    return Prediction(
        index=b.cast(above, _INT64),
        scores=flat(scope, total),
        rule="positive",
        probability=concat(scope, shares),
        classes=tuple(_classes(model)),
    )


def _variables(model: RObject, _: Hints) -> list[Variable]:
    return matrix_variables(texts(model["xNames"]))


def _refuse(model: RObject) -> list[str]:
    count, width = matrix(model["Stump"]).values.shape
    if width != 3 or count % 2 == 0:
        return [
            "R gives NA where two classes have the same probability, which no target can say; only two classes and an odd "
            f"number of stumps rule it out (here: {max(2, width // 3)} classes, {count} stumps)"
        ]
    columns, _, signs = _stumps(model)
    reasons = [] if len(_classes(model)) == 2 and (np.abs(signs) == 1).all() else ["its stumps are not for two classes"]
    given = model.get("xNames")
    if not isinstance(given, RStrings) or len(given) < columns.max():
        reasons.append("it keeps no names of its columns: set model$xNames <- colnames(xlearn) before it is saved")
    return reasons


MODEL = Model(
    classes=["LogitBoost"],
    package="caTools",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  rows <- as.matrix(data[model$xNames])
  list(label = as.character(predict(model, rows)), probability = predict(model, rows, type = "raw"))
}""",
    source="caTools 1.18, R/LogitBoost.R, predict.LogitBoost",
    unproven="the package caTools was not at hand",
)
