"""TransformedTargetRegressor: a regressor's value, taken back through the inverse of what its target went through."""

from typing import Any

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import predicted, table_of
from modelport.frontends.sklearn.models._inverse import inverse, inverse_parts, refuse_inverse
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    inside = [(f"transformer_ → {name}", part) for name, part in inverse_parts(estimator.transformer_)]
    return [("regressor_", estimator.regressor_), *inside]


def _readers(estimator: Any) -> Readers:
    return [(estimator.regressor_, None)]


def _refuse(estimator: Any) -> list[str]:
    return refuse_inverse(estimator.transformer_)


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> value [N] or [N, K]."""
    inner = predicted(scope, estimator.regressor_, table, convert_part)
    back = inverse(scope, estimator.transformer_, table_of(scope, inner.need("value", "predict"), table), convert_part)
    value = back.matrix(scope.builder)
    return Prediction(value=flat(scope, value) if estimator._training_dim == 1 and back.width == 1 else value)


MODEL = Model(
    classes=["sklearn.compose.TransformedTargetRegressor"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    refuse=_refuse,
    source="sklearn/compose/_target.py of 1.9, predict; inverse_transform of each transformer in preprocessing/_data.py",
    terms=True,
)
