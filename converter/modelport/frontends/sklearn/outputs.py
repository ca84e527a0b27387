"""What an estimator gives, whatever it is, as a Prediction whose classes are known."""

from dataclasses import replace
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["as_prediction"]


def as_prediction(scope: Scope, estimator: Any, result: Columns | Prediction) -> Prediction:
    """The columns of a transformer as one matrix; classes are stated by the converter, or ``classes_``.

    Raises: UnsupportedModelError for text as a result, and for no result at all.
    """
    if isinstance(result, Columns):
        scope.read_whole(result)
        return Prediction(transformed=_matrix(scope, result), task="transformer")
    if result.index is None or result.classes is not None:
        return result
    return replace(result, classes=tuple(plain(label) for label in estimator.classes_))


def _matrix(scope: Scope, result: Columns) -> Any:
    if any(part.kind == "string" for part in result.parts):
        raise UnsupportedModelError(
            "the transformer gives text columns", where="model", fix="encode text before the last step"
        )
    if not result.parts:
        raise UnsupportedModelError(
            "the transformer gives no column at all", where="model", fix="keep at least one column"
        )
    return result.matrix(scope.builder)
