"""Emits trees of rpart: the ways of nodes with surrogates as columns, then one forest over the rows and these."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import concat, constant, is_nan, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._trees import TreeColumns
from modelport.frontends.r.serialize import RList, RNull, RObject, names, texts
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.rpart import NEITHER, Rpart
from modelport.frontends.r.trees.ways import Ways, joined, ways_forest

__all__ = ["rpart_frame", "rpart_sums"]

_BOOL = ir.DataType.BOOL


def rpart_frame(model: RObject) -> Frame:
    """The terms of an rpart object, with the levels that stand in its attributes."""
    given = model.attributes.get("xlevels")
    levels = {}
    if isinstance(given, RList):
        levels = {
            n: tuple(texts(v)) for n, v in zip(names(given), given.values, strict=True) if not isinstance(v, RNull)
        }
    return Frame(model["terms"], levels)


def rpart_sums(
    scope: Scope, trees: Sequence[Rpart], values: Sequence[npt.NDArray[np.float64]], columns: TreeColumns
) -> ir.Value:
    """[N, K]: the values of the nodes in which a row ends, added in the order of the trees. Exact."""
    own = [name.strip("`") for name in columns.names]
    try:
        tree, roots = joined(trees, own)
    except KeyError as err:
        raise UnsupportedModelError(
            f"a split asks for {err.args[0]!r}, which the formula does not give",
            where=f"columns {', '.join(own[:20])}",
            fix="report the formula: a term is not compiled as R does it",
        ) from err
    rows = columns.value
    forest, ways = ways_forest(tree, roots, np.concatenate(values), str(rows.name))
    for name, number in zip(tree.splits.column.tolist(), tree.splits.threshold.tolist(), strict=True):
        origin = columns.origins[name]
        if origin is not None:
            scope.mark(origin, [number])
    origins = list(columns.origins)
    if ways is not None:
        rows = scope.builder.op("Concat", rows, _emitted(scope, ways, rows), axis=1)
        origins += [None] * len(ways.otherwise)
        forest, _ = ways_forest(tree, roots, np.concatenate(values), str(rows.name))
    return scope.forest(forest, rows, origins)


def _emitted(scope: Scope, ways: Ways, rows: ir.Value) -> ir.Value:
    """float64 [N, J]: -1, 0 or 1. Comparisons and look-ups: exact."""
    every = _of_splits(scope, ways, rows)
    found: ir.Value | None = None
    for chain in ways.chain.T:
        if found is not None and (chain < 0).all():
            continue
        # Where a node has no further split, the last column stands: no way.
        places = np.where(chain < 0, len(ways.splits.column), chain).astype(np.int64)
        own = scope.builder.op("Gather", every, scope.builder.constant(places), axis=1)
        found = own if found is None else where(scope, _none(scope, found), own, found)
    assert found is not None
    if not ways.otherwise.any():
        return found
    return where(scope, _none(scope, found), constant(scope, ways.otherwise.reshape(1, -1).astype(np.float64)), found)


def _none(scope: Scope, ways: ir.Value) -> ir.Value:
    return scope.builder.op("Equal", ways, constant(scope, float(NEITHER)), dtype=_BOOL)


def _of_splits(scope: Scope, ways: Ways, rows: ir.Value) -> ir.Value:
    """float64 [N, S + 1]: the way of each split, and a column without any."""
    b = scope.builder
    splits = ways.splits
    numbers, factors = np.flatnonzero(~splits.nominal), np.flatnonzero(splits.nominal)
    parts: list[ir.Value] = []
    if len(numbers):
        x = b.op("Gather", rows, b.constant(splits.column[numbers].astype(np.int64)), axis=1)
        below = b.op("Less", x, constant(scope, splits.threshold[numbers].reshape(1, -1)), dtype=_BOOL)
        way = splits.below[numbers].reshape(1, -1).astype(np.float64)
        sent = where(scope, below, constant(scope, way), constant(scope, -way))
        parts.append(where(scope, is_nan(scope, x), constant(scope, 0.0), sent))
    if len(factors):
        x = b.op("Gather", rows, b.constant(splits.column[factors].astype(np.int64)), axis=1)
        code = b.cast(where(scope, is_nan(scope, x), constant(scope, 0.0), x), ir.DataType.INT64)
        # One table for all: of each split the way of a missing level, then those of its levels.
        table = np.pad(splits.ways[factors], ((0, 0), (1, 0))).astype(np.float64)
        starts = np.arange(len(factors), dtype=np.int64).reshape(1, -1) * table.shape[1]
        limit = b.constant(np.asarray(table.shape[1] - 1, dtype=np.int64))
        place = b.op("Add", b.op("Min", code, limit), b.constant(starts))
        parts.append(b.op("Gather", constant(scope, table.ravel()), place, axis=0))
    first = b.op("Gather", rows, b.constant(np.array([0], dtype=np.int64)), axis=1)
    parts.append(where(scope, is_nan(scope, first), constant(scope, 0.0), constant(scope, 0.0)))
    order = np.argsort(np.concatenate([numbers, factors, [len(splits.column)]]), kind="stable").astype(np.int64)
    return b.op("Gather", concat(scope, parts), b.constant(order), axis=1)
