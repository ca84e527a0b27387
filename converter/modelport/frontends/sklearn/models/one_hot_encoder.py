"""OneHotEncoder: one column of 0 and 1 for each kept category; drop and infrequent categories included."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._categories import matches, note, two_kinds_of_missing

__all__ = ["MODEL"]


def _groups(estimator: Any, index: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Maps the C categories of a column to its output columns: float64 [C, O] of 0 and 1."""
    count = len(estimator.categories_[index])
    target = np.arange(count)
    mappings = getattr(estimator, "_default_to_infrequent_mappings", None)
    if mappings is not None and mappings[index] is not None:
        target = np.asarray(mappings[index])
    table = np.zeros((count, int(target.max()) + 1))
    table[np.arange(count), target] = 1.0
    drop = estimator._drop_idx_after_grouping
    if drop is not None and drop[index] is not None:
        table = np.delete(table, int(drop[index]), axis=1)
    return table


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, ΣO]. Exact: comparisons only.

    A value of no category gives zeros, or the infrequent column when handle_unknown says so; that the source
    refuses it otherwise is in the contract.
    """
    b = scope.builder
    scope.passed(table, "OneHotEncoder")
    parts: list[Part] = []
    for index, part in enumerate(table.each(b)):
        categories = estimator.categories_[index]
        note(scope, part, categories)
        hits = matches(scope, part, categories)
        groups = _groups(estimator, index)
        columns = [_column(scope, hits, np.flatnonzero(groups[:, o])) for o in range(groups.shape[1])]
        infrequent = _infrequent_column(estimator, index)
        if infrequent is not None and estimator.handle_unknown in ("infrequent_if_exist", "warn"):
            none = b.op("Not", _any(scope, hits, len(categories)))
            columns[infrequent] = b.op("Or", columns[infrequent], none)
        identity = groups.shape == (len(categories),) * 2 and bool((groups == np.eye(len(categories))).all())
        joined = hits if identity and infrequent is None else _join(scope, columns)
        if joined is None:
            continue
        dtype = ir.DataType.from_numpy(np.dtype(estimator.dtype))
        number = ir.DataType.FLOAT if dtype == ir.DataType.FLOAT else ir.DataType.DOUBLE
        parts.append(Part(b.cast(joined, number), Columns((part,)).encoded() * groups.shape[1]))
    return Columns(tuple(parts))


def _infrequent_column(estimator: Any, index: int) -> int | None:
    """The output column of infrequent categories, None where there is none or it was dropped."""
    infrequent = getattr(estimator, "_infrequent_indices", None)
    if not getattr(estimator, "_infrequent_enabled", False) or infrequent is None or infrequent[index] is None:
        return None
    mapping = np.asarray(estimator._default_to_infrequent_mappings[index])
    column = int(mapping.max())
    drop = estimator._drop_idx_after_grouping
    if drop is not None and drop[index] is not None:
        if int(drop[index]) == column:
            return None
        column -= int(drop[index]) < column
    return column


def _column(scope: Scope, hits: ir.Value, members: Any) -> ir.Value:
    """bool [N, 1]: the row is one of these categories."""
    chosen = scope.builder.op("Gather", hits, scope.builder.constant(np.asarray(members, dtype=np.int64)), axis=1)
    return chosen if len(members) == 1 else _any(scope, chosen, len(members))


def _any(scope: Scope, flags: ir.Value, width: int) -> ir.Value:
    """bool [N, width] -> bool [N, 1]."""
    b = scope.builder
    if width == 1:
        return flags
    most = b.op("ReduceMax", b.cast(flags, ir.DataType.DOUBLE), b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    return b.op("Greater", most, b.constant(np.asarray(0.5)), dtype=ir.DataType.BOOL)


def _join(scope: Scope, columns: list[ir.Value]) -> ir.Value | None:
    if not columns:
        return None
    return columns[0] if len(columns) == 1 else scope.builder.op("Concat", *columns, axis=1)


MODEL = Model(
    classes=["sklearn.preprocessing.OneHotEncoder"],
    convert=_convert,
    refuse=two_kinds_of_missing,
    source="sklearn/preprocessing/_encoders.py of 1.9, OneHotEncoder.transform and _map_infrequent_categories",
)
