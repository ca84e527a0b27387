"""Cubist's correction by the nearest rows of the fit, in a graph: distances to all of them, and the mean of the nearest.

Cubist keeps at most 20 neighbours. Distances are rounded to sixteenths, so that many rows are equally near; which of them
stay is decided by the order in which its search meets them, and this order depends on the row that is asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import both, constant, either, negated, ones, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._cubist_search import KEPT, found_by_search, search_of
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.trees.cubist_index import Order
from modelport.frontends.r.trees.cubist_instances import Instances
from modelport.frontends.r.trees.cubist_model import CubistModel
from modelport.frontends.r.trees.quinlan_names import NOT_APPLICABLE

__all__ = ["Neighbours", "corrected"]

_BOOL, _DOUBLE, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT, ir.DataType.INT64
# In how many parts of 1 Cubist measures distances.
_PARTS = 16
_FAR = 2.0**52


@dataclass(frozen=True)
class Neighbours:
    """``rows`` of the fit, the committee's ``said`` of each, and the ``order`` of the search; ``count`` are asked for, none
    farther than ``reach``. ``kinds`` of discrete attributes: how many values, and whether they are ordered."""

    rows: Instances
    said: npt.NDArray[np.float32]
    order: Order
    attributes: Sequence[int]
    kinds: Mapping[int, tuple[int, bool]]
    count: int
    reach: np.float32


def corrected(scope: Scope, cases: Cases, model: CubistModel, near: Neighbours, base: ir.Value) -> ir.Value:
    """``base`` float32 [N, 1] -> float32 [N, 1].

    Source: instance.c, Distance, CheckDistance, ScanIndex, AverageNeighbors.
    """
    b = scope.builder
    own, apart, place = _nearest(scope, cases, model, near)
    estimates = _estimates(scope, model, near, b.cast(base, _DOUBLE), place)
    size = min(KEPT, len(near.rows))
    value = _averaged(scope, near, [_column(scope, v, size) for v in (own, apart, estimates)])
    value = b.cast(_kept(scope, model, value), _FLOAT)
    few = b.op("Less", _count(scope, own), constant(scope, float((near.count + 1) // 2)), dtype=_BOOL)
    return where(scope, few, base, value)


def _nearest(scope: Scope, cases: Cases, model: CubistModel, near: Neighbours) -> tuple[ir.Value, ir.Value, ir.Value]:
    """[N, K] of each: whether it is a neighbour, its distance, and its place int64."""
    b = scope.builder
    distance, beyond = _distances(scope, cases, model, near)
    search = search_of(scope, cases, near.order, near.kinds, model.deviations)
    total = len(near.rows)
    reach = float(near.reach) * _PARTS
    # Among equally near rows those that the search meets last come first.
    later = b.op("Sub", constant(scope, total - 1.0), search.rank)
    key = b.op("Add", b.op("Mul", distance, constant(scope, float(total))), later)
    within = b.op("LessOrEqual", distance, constant(scope, reach), dtype=_BOOL)
    key = where(scope, within, key, constant(scope, _FAR + np.arange(total)[None]))
    size = min(KEPT, total)
    found, place = b.top_k(key, size)
    own = b.op("Less", found, constant(scope, _FAR), dtype=_BOOL)
    apart = b.op("GatherElements", distance, place, axis=1)
    # The search may miss one of these only where a column is far away; those beyond the last one wanted do not count.
    last = b.op("Gather", apart, b.constant(np.array([min(near.count, size) - 1], dtype=np.int64)), axis=1)
    used = both(scope, own, b.op("LessOrEqual", apart, last, dtype=_BOOL))
    missed = both(scope, used, b.op("GatherElements", beyond, place, axis=1))
    missed = b.op("Greater", _count(scope, missed), constant(scope, 0.5), dtype=_BOOL)
    best, held = found_by_search(scope, search, distance, missed, near.count, reach)
    columns = b.constant(np.arange(size))
    best, held = (b.op("Gather", value, columns, axis=1) for value in (best, held))
    there = b.op("GreaterOrEqual", held, constant(scope, 0.0), dtype=_BOOL)
    own = either(scope, both(scope, missed, there), both(scope, negated(scope, missed), own))
    chosen = b.op("Max", b.cast(held, _INT64), b.constant(np.asarray(0, dtype=np.int64)))
    apart = b.op("Div", where(scope, missed, best, apart), constant(scope, float(_PARTS)))
    return own, apart, where(scope, missed, chosen, place)


def _column(scope: Scope, value: ir.Value, count: int) -> list[ir.Value]:
    """[N, K] -> K values [N, 1]."""
    b = scope.builder
    return [b.op("Gather", value, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in range(count)]


def _count(scope: Scope, flags: ir.Value) -> ir.Value:
    """bool [N, K] -> float64 [N, 1]: how many are true."""
    b = scope.builder
    summed = b.op("CumSum", b.cast(flags, _DOUBLE), b.constant(np.asarray(1, dtype=np.int64)))
    return b.op("ReduceMax", summed, b.constant(np.array([1], dtype=np.int64)), keepdims=1)


def _distances(scope: Scope, cases: Cases, model: CubistModel, near: Neighbours) -> tuple[ir.Value, ir.Value]:
    """float64 [N, M]: distances in sixteenths, whole numbers; and bool [N, M]: a column counts as 1 and is more."""
    b = scope.builder
    rows = near.order.rows
    one = constant(scope, 1.0)
    total: ir.Value = constant(scope, np.zeros((1, len(rows))))
    beyond: list[ir.Value] = []
    for attribute in near.attributes:
        if attribute in near.kinds:
            part = cases.table(scope, attribute, _apart(near.rows.codes[attribute][rows], *near.kinds[attribute]))
        else:
            x = cases.compared(scope, [attribute])
            gap = b.op("Abs", b.op("Sub", b.constant(near.rows.numbers[attribute][rows][None]), x))
            scale = float(np.float32(5) * np.float32(model.deviations[attribute]))
            apart = b.op("Div", b.cast(gap, _DOUBLE), constant(scope, scale))
            beyond.append(b.op("Greater", apart, one, dtype=_BOOL))
            part = b.op("Min", one, apart)
        total = b.op("Add", total, part)
    single = b.cast(b.cast(total, _FLOAT), _DOUBLE)
    parts = b.op("Round", b.op("Mul", single, constant(scope, float(_PARTS))))
    never = b.op("Greater", parts, constant(scope, np.inf), dtype=_BOOL)
    return parts, either(scope, *beyond) if beyond else never


def _apart(codes: npt.NDArray[np.int64], values: int, ordered: bool) -> "_Apart":
    return _Apart(codes, values, ordered)


@dataclass(frozen=True)
class _Apart:
    """How far a code is from that of each row of the fit."""

    codes: npt.NDArray[np.int64]
    values: int
    ordered: bool

    def __call__(self, code: int) -> Sequence[float]:
        # Of ordered values the source divides whole numbers, so that all of them lie 0 apart.
        other = 0.0 if self.ordered else 2.0 / self.values
        apart = np.where(self.codes == code, 0.0, other)
        absent = (self.codes == NOT_APPLICABLE) != (code == NOT_APPLICABLE)
        found: list[float] = np.where(absent, 1.0, apart).tolist()
        return found


def _none(scope: Scope) -> ir.Value:
    """float64 [N, 1] of zeros."""
    return scope.builder.op("Mul", ones(scope), constant(scope, 0.0))


def _estimates(scope: Scope, model: CubistModel, near: Neighbours, base: ir.Value, place: ir.Value) -> ir.Value:
    """float64 [N, K]: what each neighbour says, moved by how the committee sees the row and the neighbour."""
    b = scope.builder
    rows = near.order.rows
    target, said = (
        b.op("Gather", constant(scope, v[rows].astype(np.float64)), place, axis=0)
        for v in (near.rows.target, near.said)
    )
    return _kept(scope, model, b.op("Sub", b.op("Add", target, base), said))


def _kept(scope: Scope, model: CubistModel, value: ir.Value) -> ir.Value:
    """Within floor and ceiling."""
    b = scope.builder
    floor, ceiling = constant(scope, model.floor), constant(scope, model.ceiling)
    below, above = (b.op(op, value, end, dtype=_BOOL) for op, end in (("Less", floor), ("Greater", ceiling)))
    return where(scope, above, ceiling, where(scope, below, floor, value))


@dataclass(frozen=True)
class _Sums:
    """Each float64 [N, 1]: estimates times weights, weights, and how many."""

    total: ir.Value
    weight: ir.Value
    count: ir.Value

    def chosen(self, scope: Scope, condition: ir.Value, other: "_Sums") -> "_Sums":
        """These where the condition holds, the others elsewhere."""
        return _Sums(
            where(scope, condition, self.total, other.total),
            where(scope, condition, self.weight, other.weight),
            where(scope, condition, self.count, other.count),
        )

    def plus(self, scope: Scope, other: "_Sums") -> "_Sums":
        """The sums of both."""
        b = scope.builder
        return _Sums(
            b.op("Add", self.total, other.total),
            b.op("Add", self.weight, other.weight),
            b.op("Add", self.count, other.count),
        )


def _averaged(scope: Scope, near: Neighbours, columns: list[list[ir.Value]]) -> ir.Value:
    """float64 [N, 1]: the mean of the nearest, 1 / (distance + 0.5) the weight of each; of the last equally near ones all
    count in part. Added up neighbour by neighbour, group by group, as the source does it."""
    b = scope.builder
    half, one = constant(scope, 0.5), constant(scope, 1.0)
    start = _none(scope)
    most = constant(scope, float(min(near.count, len(near.rows) - 1)))
    whole = group = _Sums(start, start, start)
    wanted: ir.Value | None = None
    before: ir.Value | None = None
    for own, apart, estimate in zip(*columns, strict=True):
        weight = b.op("Div", one, b.op("Add", apart, half))
        single = _Sums(b.op("Mul", weight, estimate), b.op("Add", start, weight), b.op("Add", start, one))
        if wanted is None or before is None:
            group, wanted = single, own
        else:
            goes_on = both(scope, own, b.op("Equal", apart, before, dtype=_BOOL))
            closed = _closed(scope, near, whole, group).chosen(scope, wanted, whole)
            whole = whole.chosen(scope, goes_on, closed)
            group = group.plus(scope, single).chosen(scope, goes_on, single)
            # A group begins only while neighbours are wanted, and never with the last row of the fit.
            begins = both(scope, own, b.op("Less", whole.count, most, dtype=_BOOL))
            wanted = either(scope, both(scope, goes_on, wanted), both(scope, negated(scope, goes_on), begins))
        before = apart
    assert wanted is not None
    whole = _closed(scope, near, whole, group).chosen(scope, wanted, whole)
    empty = b.op("Equal", whole.weight, constant(scope, 0.0), dtype=_BOOL)
    return b.op("Div", whole.total, where(scope, empty, one, whole.weight))


def _closed(scope: Scope, near: Neighbours, whole: _Sums, group: _Sums) -> _Sums:
    """The group put to the others, whole or the part that is still wanted."""
    b = scope.builder
    most = constant(scope, float(near.count))
    counted = b.op("Add", whole.count, group.count)
    over = b.op("Greater", counted, most, dtype=_BOOL)
    left, same = (b.cast(v, _FLOAT) for v in (b.op("Sub", most, whole.count), group.count))
    share = where(scope, over, b.cast(b.op("Div", left, same), _DOUBLE), constant(scope, 1.0))
    return _Sums(
        b.op("Add", whole.total, b.op("Mul", share, group.total)),
        b.op("Add", whole.weight, b.op("Mul", share, group.weight)),
        where(scope, over, most, counted),
    )
