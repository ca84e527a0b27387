"""lm and mlm: the design matrix of the formula times the coefficients, and offsets."""

import numpy as np

from modelport.frontends._scores import flat
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._linear import frame, linear_predictor
from modelport.frontends.r.models._matrix_terms import with_matrices
from modelport.frontends.r.serialize import RObject, matrix
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return frame(model).variables(hints, matrices=True)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], of M responses [N, M].

    Numerics: float64, X %*% beta; aliased coefficients (NA) are left out, as R leaves their columns out.
    A row with NA in any variable gives NA; a level that the fit has not seen is an error in R.
    """
    coefficients = matrix(model["coefficients"]).values
    value = linear_predictor(scope, frame(model), coefficients)
    return Prediction(value=flat(scope, value) if np.shape(coefficients)[1] == 1 else value)


MODEL = Model(
    classes=["lm", "mlm"],
    package="stats",
    variables=_variables,
    convert=_convert,
    ask=with_matrices("function(model, data) list(value = predict(model, data))"),
    under=["aov", "maov", "mlm", "rlm"],
    source="stats/R/lm.R of R 4.2, predict.lm and predict.mlm; predict.rlm of MASS, which is predict.lm",
)
