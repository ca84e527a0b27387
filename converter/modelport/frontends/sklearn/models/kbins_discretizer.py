"""KBinsDiscretizer: the number of inner edges that a value reaches, as an ordinal or as one column of 0 and 1 a bin."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope

__all__ = ["MODEL"]


def _inner_edges(estimator: Any) -> npt.NDArray[np.float64]:
    """float64 [F, E]: the edges between bins, padded with NaN, which no value reaches."""
    inner = [np.asarray(edges, dtype=np.float64)[1:-1] for edges in estimator.bin_edges_]
    table = np.full((len(inner), max(1, *(len(edges) for edges in inner))), np.nan)
    for row, edges in zip(table, inner, strict=True):
        row[: len(edges)] = edges
    return table


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, F] (ordinal) or [N, ΣB] in the type of the rows, or of the option ``dtype``.

    Numerics: exact. searchsorted(side='right') counts the edges <= x; a float32 row meets a float64 edge as float64.
    """
    b = scope.builder
    scope.passed(table, "KBinsDiscretizer")
    scope.read_whole(table)
    rows = table.matrix(b)
    if estimator.dtype is not None:
        rows = b.cast(rows, ir.DataType.from_numpy(np.dtype(estimator.dtype)))
    edges = _inner_edges(estimator)
    for origin, own in zip(table.origins, edges, strict=True):
        scope.mark(origin, own[np.isfinite(own)])
    wide = b.op("Unsqueeze", b.cast(rows, ir.DataType.DOUBLE), b.constant(np.array([2], dtype=np.int64)))
    reached = b.op("GreaterOrEqual", wide, b.constant(edges[None]), dtype=ir.DataType.BOOL)
    axis = b.constant(np.array([2], dtype=np.int64))
    # Counted in integers: their sum is exact.
    code = b.op("ReduceSum", b.cast(reached, ir.DataType.INT64), axis, keepdims=0)
    if estimator.encode == "ordinal":
        return Columns((Part(b.cast(code, rows.dtype or ir.DataType.DOUBLE), table.origins),), table.names)
    counts = [int(count) for count in estimator.n_bins_]
    owner = np.repeat(np.arange(len(counts)), counts)
    bins = np.concatenate([np.arange(count) for count in counts])
    own_code = b.op("Gather", code, b.constant(owner.astype(np.int64)), axis=1)
    hits = b.op("Equal", own_code, b.constant(bins.astype(np.int64)), dtype=ir.DataType.BOOL)
    origins = tuple(table.origins[column] for column in owner)
    return Columns((Part(b.cast(hits, rows.dtype or ir.DataType.DOUBLE), origins),))


MODEL = Model(
    classes=["sklearn.preprocessing.KBinsDiscretizer"],
    convert=_convert,
    source="sklearn/preprocessing/_discretization.py of 1.9, KBinsDiscretizer.transform",
)
