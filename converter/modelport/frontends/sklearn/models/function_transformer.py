"""FunctionTransformer: a function of numpy is run once on a stand-in for the rows, which records what it computes."""

from typing import Any

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.frontends.sklearn.tracing.trace import as_array, as_frame, trace
from modelport.ir.builder import GraphBuilder

__all__ = ["MODEL"]


def _traced(scope: Scope, estimator: Any, table: Columns) -> Columns:
    """A DataFrame is handed on as it is, unless it is validated."""
    frame = table.names is not None and hasattr(estimator, "feature_names_in_") and not estimator.validate
    rows = as_frame(scope, table) if frame else as_array(scope, table)
    return trace(estimator.func, rows, dict(estimator.kw_args or {}), table)


def _refuse(estimator: Any) -> list[str]:
    """Traces it over numbers, to say at once what cannot be."""
    width = getattr(estimator, "n_features_in_", None)
    if estimator.func is None or width is None:
        return []
    scope = Scope(GraphBuilder())
    rows = scope.builder.input("rows", ir.DataType.DOUBLE, int(width))
    names = getattr(estimator, "feature_names_in_", None)
    table = Columns(
        (Part(rows, tuple(Origin(frozenset({f"x{i}"})) for i in range(int(width)))),),
        None if names is None else tuple(str(name) for name in names),
    )
    try:
        _traced(scope, estimator, table)
    except UntraceableError as err:
        return [f"func cannot be traced: {err}"]
    return []


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F'] as the function gives. Numerics: those of the operations, in numpy's types."""
    if estimator.func is None:
        return table
    scope.read_whole(table)
    scope.passed(table, f"FunctionTransformer({getattr(estimator.func, '__name__', 'func')})")
    try:
        return _traced(scope, estimator, table)
    except UntraceableError as err:
        raise UnsupportedModelError(
            f"func cannot be traced: {err}",
            where="FunctionTransformer",
            fix="write it with numpy's functions of whole columns, or as steps of scikit-learn",
        ) from err


MODEL = Model(
    classes=["sklearn.preprocessing.FunctionTransformer"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/preprocessing/_function_transformer.py of 1.9, transform",
)
