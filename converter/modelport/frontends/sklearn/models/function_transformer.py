"""FunctionTransformer without a function, which is also what 'passthrough' becomes: the columns as they are."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.func is not None:
        name = getattr(estimator.func, "__qualname__", repr(estimator.func))
        return [f"func={name}: only FunctionTransformer(None) is converted"]
    return []


def _convert(scope: Scope, _: Any, table: Columns, __: Any) -> Columns:
    """Shapes: [N, F] -> [N, F]. Exact."""
    scope.read_whole(table)
    return table


MODEL = Model(
    classes=["sklearn.preprocessing.FunctionTransformer"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/preprocessing/_function_transformer.py of 1.9, transform",
)
