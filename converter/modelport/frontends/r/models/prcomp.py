"""prcomp and princomp: columns centred and scaled, then turned into the components."""

import numpy as np
import numpy.typing as npt

from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.serialize import Matrix, RObject, RVector, as_array, matrix
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _turning(model: RObject) -> Matrix:
    return matrix(model["rotation"] if "rotation" in model else model["loadings"])


def _numbers(model: RObject, name: str) -> npt.NDArray[np.float64] | None:
    """The centre or scale, None where it is FALSE."""
    given = model.get(name)
    return as_array(given) if isinstance(given, RVector) and given.kind != "logical" else None


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    turning = _turning(model)
    return matrix_variables(chosen_names(turning.rows, len(turning.values), hints))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> transformed [N, K]. Numerics: F eps Σ|x·w|. A row with NA gives NA."""
    b = scope.builder
    value = matrix_rows(scope, list(scope.variables))
    center, scale = _numbers(model, "center"), _numbers(model, "scale")
    if center is not None:
        value = b.op("Sub", value, b.constant(center))
    if scale is not None:
        value = b.op("Div", value, b.constant(scale))
    turned = b.op("MatMul", value, b.constant(np.ascontiguousarray(_turning(model).values)))
    return Prediction(transformed=turned, task="transformer")


def _refuse(model: RObject) -> list[str]:
    center = _numbers(model, "center")
    if center is not None and np.isnan(center).any():
        return ["it was made of a covariance matrix alone (covmat), so that it has no centre and predicts NA"]
    return []


MODEL = Model(
    classes=["prcomp", "princomp"],
    package="stats",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="function(model, data) list(transformed = predict(model, data))",
    source="stats/R/prcomp.R and princomp.R of R 4.2, predict.prcomp and predict.princomp",
)
