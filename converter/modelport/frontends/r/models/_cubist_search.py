"""Cubist's search for neighbours in a graph: when it meets each row of the fit, how far away it believes it to be, and which
rows it finds where it leaves out some that are near.

The search skips a branch that it believes too far. It counts what lies between a row and a cut in full, although a column
counts as 1 at most in a distance, and so it skips near rows where a column is far away. For such rows the graph does what the
search does, one neighbour after the other; elsewhere the nearest are the same in any order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, ones, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.trees.cubist_index import Branching, Order
from modelport.frontends.r.trees.quinlan_names import NOT_APPLICABLE
from modelport.ir.builder import GraphBuilder

__all__ = ["KEPT", "Search", "found_by_search", "search_of"]

_BOOL, _DOUBLE, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT, ir.DataType.INT64
# How many neighbours Cubist keeps at most.
KEPT = 20


@dataclass(frozen=True)
class Search:
    """All float64 [N, M], the rows of the fit in the order of ``Order``. ``rank``: the turn at which each is met; ``start``: the
    turn at which the search entered the last branch on the way to it that is not the row's own; ``least``: how far away it
    believed this branch to be, in single precision."""

    rank: ir.Value
    start: ir.Value
    least: ir.Value


@dataclass(frozen=True)
class _Slot:
    """One branch: its node, its number from 1, the first row and the one behind the last; ``above``: the slot of the node.

    ``last``: by attribute the column of the pool that holds what lies between a row and the cut above.
    """

    node: Branching
    branch: int
    first: int
    end: int
    above: int
    last: dict[int, int] = field(default_factory=dict)


def search_of(
    scope: Scope,
    cases: Cases,
    order: Order,
    kinds: Mapping[int, tuple[int, bool]],
    deviations: Mapping[int, float],
) -> Search:
    """``kinds`` of discrete attributes: how many values, and whether they are ordered. Source: instance.c, ScanIndex."""
    b = scope.builder
    total = len(order.rows)
    none = b.op("Mul", ones(scope), constant(scope, 0.0))
    begin, start, least = none, none, b.cast(none, _FLOAT)
    pool, pooled = least, 1
    slots: list[_Slot] = []
    # The column that says what becomes of each row of the fit, in the values of the levels side by side.
    parts, places, seen = [(begin, start, least)], np.zeros(total, dtype=np.int64), 1
    firsts = np.zeros(total)
    for level in order.levels:
        slots = _slots(level, slots)
        way = _Way.of(scope, cases, slots, kinds, deviations)
        above = [slot.above for slot in slots]
        begin = b.op("Add", _columns(scope, begin, above), way.offset)
        start = where(scope, way.turned, begin, _columns(scope, start, above))
        saved = _columns(scope, pool, [slot.last.get(slot.node.attribute, 0) for slot in slots])
        before = _columns(scope, least, above)
        # In single precision, and in this order.
        least = where(scope, way.turned, b.op("Sub", b.op("Add", before, way.apart), saved), before)
        pool = b.op("Concat", pool, where(scope, way.turned, way.apart, saved), axis=1)
        for number, slot in enumerate(slots):
            slot.last[slot.node.attribute] = pooled + number
            places[slot.first : slot.end] = seen + number
            firsts[slot.first : slot.end] = slot.first
        parts.append((begin, start, least))
        pooled, seen = pooled + len(slots), seen + len(slots)
    whole = [parts[0][k] if len(parts) == 1 else b.op("Concat", *(p[k] for p in parts), axis=1) for k in range(3)]
    begin, start, least = (_columns(scope, value, places) for value in whole)
    rank = b.op("Add", begin, constant(scope, (np.arange(total) - firsts)[None]))
    return Search(rank, start, b.cast(least, _DOUBLE))


def _columns(scope: Scope, value: ir.Value, numbers: Sequence[int] | npt.NDArray[np.int64]) -> ir.Value:
    return scope.builder.op("Gather", value, scope.builder.constant(np.asarray(numbers, dtype=np.int64)), axis=1)


def _slots(level: Sequence[Branching], above: Sequence[_Slot]) -> list[_Slot]:
    """The branches of all nodes of a level; numbers before discrete values, these by attribute."""
    parent = {(slot.first, slot.end): number for number, slot in enumerate(above)}
    found: list[_Slot] = []
    for node in sorted(level, key=lambda n: (n.cut is None, n.attribute if n.cut is None else -1)):
        place = parent.get((node.first, node.last + 1), 0)
        last = above[place].last if above else {}
        ends = [*node.starts[1:], node.last + 1]
        for number, (first, end) in enumerate(zip(node.starts, ends, strict=True), start=1):
            if end > first:
                found.append(_Slot(node, number, first, end, place, dict(last)))
    return found


@dataclass(frozen=True)
class _Way:
    """For each branch [N, K]: ``turned``: it is not the row's own; ``offset`` float64: how many rows of the node are met before
    it; ``apart`` float32: how far it lies from the row in the column of the node."""

    turned: ir.Value
    offset: ir.Value
    apart: ir.Value

    @staticmethod
    def of(
        scope: Scope,
        cases: Cases,
        slots: Sequence[_Slot],
        kinds: Mapping[int, tuple[int, bool]],
        deviations: Mapping[int, float],
    ) -> "_Way":
        b = scope.builder
        parts: list[_Way] = []
        numeric = [slot for slot in slots if slot.node.cut is not None]
        if numeric:
            parts.append(_numeric(scope, cases, numeric, deviations))
        discrete = [slot for slot in slots if slot.node.cut is None]
        for attribute in dict.fromkeys(slot.node.attribute for slot in discrete):
            own = [slot for slot in discrete if slot.node.attribute == attribute]
            turned, offset, apart = (
                cases.table(scope, attribute, of_code) for of_code in _discrete(own, *kinds[attribute])
            )
            parts.append(_Way(b.cast(turned, _BOOL), offset, b.cast(apart, _FLOAT)))
        if len(parts) == 1:
            return parts[0]
        return _Way(
            *(b.op("Concat", *(getattr(p, name) for p in parts), axis=1) for name in ("turned", "offset", "apart"))
        )


def _numeric(scope: Scope, cases: Cases, slots: Sequence[_Slot], deviations: Mapping[int, float]) -> _Way:
    b = scope.builder
    x = cases.compared(scope, [slot.node.attribute for slot in slots])
    cuts = b.constant(np.array([[slot.node.cut for slot in slots]], dtype=np.float32))
    right = b.op("Greater", x, cuts, dtype=_BOOL)
    left_ones = b.constant(np.array([[slot.branch == 1 for slot in slots]]))
    turned = b.op("Equal", right, left_ones, dtype=_BOOL)
    others = [(slot.node.last + 1 - slot.node.first) - (slot.end - slot.first) for slot in slots]
    offset = b.op("Mul", b.cast(turned, _DOUBLE), constant(scope, [others]))
    scale = [[float(np.float32(5) * np.float32(deviations[slot.node.attribute])) for slot in slots]]
    gap = b.cast(b.op("Abs", b.op("Sub", x, cuts)), _DOUBLE)
    return _Way(turned, offset, b.cast(b.op("Div", gap, constant(scope, scale)), _FLOAT))


def _discrete(slots: Sequence[_Slot], values: int, ordered: bool) -> list[Callable[[int], Sequence[float]]]:
    """What the code of a row says of each branch: whether it is another one, the rows before it, and how far it is."""

    def offset(slot: _Slot, code: int) -> float:
        bounds = [*slot.node.starts, slot.node.last + 1]
        if code == slot.branch:
            return 0.0
        own = bounds[code] - bounds[code - 1] if slot.branch < code < len(bounds) else 0
        return float(slot.first - slot.node.first + own)

    def apart(slot: _Slot, code: int) -> float:
        if NOT_APPLICABLE in (code, slot.branch):
            return 1.0
        # The source divides whole numbers where values are ordered.
        return 0.0 if ordered else 2.0 / values

    return [
        lambda code: [float(code != slot.branch) for slot in slots],
        lambda code: [offset(slot, code) for slot in slots],
        lambda code: [apart(slot, code) for slot in slots],
    ]


def found_by_search(
    scope: Scope, search: Search, distance: ir.Value, asked: ir.Value, wanted: int, reach: float
) -> tuple[ir.Value, ir.Value]:
    """float64 [N, KEPT] twice: distances of what the search finds, ascending, and its places, -1 of none; of rows that are not
    ``asked`` bool [N, 1] anything. ``distance`` [N, M] in the unit of ``reach``, in which a bound is half of 1 more.

    Numerics: exact. Source: instance.c, CheckDistance.
    """
    b = scope.builder
    count = constant(scope, np.full((1, KEPT), reach))
    best = b.op("Add", b.op("Mul", ones(scope), constant(scope, 0.0)), count)
    held = b.op("Sub", b.op("Mul", best, constant(scope, 0.0)), constant(scope, 1.0))
    at = b.op("Gather", held, b.constant(np.array([0])), axis=1)
    bound = b.op("Gather", best, b.constant(np.array([0])), axis=1)
    near = where(scope, asked, distance, constant(scope, np.inf))
    axes = b.constant(np.array([0, 1], dtype=np.int64))
    some = b.op("ReduceMax", b.cast(asked, _DOUBLE), axes, keepdims=0)
    go = b.op("Greater", some, constant(scope, 0.5), dtype=_BOOL)
    states = [best, held, at, bound, near, search.rank, search.start, search.least]
    done = b.loop(int(1e6), go, states, lambda g, given: _step(g, given, wanted))
    # A loop is known by its first state; of the others a node of its own is.
    held = b.op("Identity", done[1])
    inputs = [distance, search.rank, search.start, search.least]
    for value in (done[0], held):
        scope.claim(
            value, inputs, lambda n: np.full(n.result.shape, np.inf if _moved(n) else 0.0), "a search step by step"
        )
    return done[0], held


def _moved(n: object) -> bool:
    return any(n.d(k).any() for k in range(4))  # type: ignore[attr-defined]


def _step(g: GraphBuilder, given: Sequence[ir.Value], wanted: int) -> tuple[ir.Value, list[ir.Value]]:
    """The next row of the fit that is kept, in each row: it lies within the worst of those wanted, and so did its branch."""
    best, held, at, bound, near, rank, start, least = given

    def all_of(*flags: ir.Value) -> ir.Value:
        found = flags[0]
        for flag in flags[1:]:
            found = g.op("And", found, flag, dtype=_BOOL)
        return found

    half, parts = g.constant(np.asarray(0.5)), g.constant(np.asarray(16.0))
    worst = g.op("Gather", best, g.constant(np.array([wanted - 1])), axis=1)
    # Within a branch that was entered before the last one was kept, the bound of then counts.
    entered = g.op("Where", g.op("LessOrEqual", start, at, dtype=_BOOL), bound, worst, dtype=_DOUBLE)
    open_ = all_of(
        g.op("LessOrEqual", near, worst, dtype=_BOOL),
        g.op("Greater", rank, at, dtype=_BOOL),
        g.op("LessOrEqual", g.op("Mul", least, parts), g.op("Add", entered, half), dtype=_BOOL),
    )
    turn = g.op("Where", open_, g.op("Neg", rank), g.constant(np.asarray(-np.inf)), dtype=_DOUBLE)
    place = g.op("ArgMax", turn, dtype=_INT64, axis=1, keepdims=1)
    next_ = g.op("Neg", g.op("GatherElements", turn, place, axis=1))
    active = g.op("Less", next_, g.constant(np.asarray(np.inf)), dtype=_BOOL)
    value, began = (g.op("GatherElements", array, place, axis=1) for array in (near, start))
    nearer = g.op("Less", best, value, dtype=_BOOL)
    before = g.constant(np.array([0, *range(KEPT - 1)]))
    # Those that are not nearer move on by one, and the new one comes before those as near.
    first = g.constant(np.array([[True] + [False] * (KEPT - 1)]))
    follows = g.op("Or", g.op("Gather", nearer, before, axis=1), first, dtype=_BOOL)

    def inserted(array: ir.Value, item: ir.Value) -> ir.Value:
        shifted = g.op("Where", follows, item, g.op("Gather", array, before, axis=1), dtype=_DOUBLE)
        kept = g.op("Where", nearer, array, shifted, dtype=_DOUBLE)
        return g.op("Where", active, kept, array, dtype=_DOUBLE)

    anew = all_of(active, g.op("Greater", began, at, dtype=_BOOL))
    most = g.op("ReduceMax", g.cast(active, _DOUBLE), g.constant(np.array([0, 1])), keepdims=0)
    following = [
        inserted(best, value),
        inserted(held, g.cast(place, _DOUBLE)),
        g.op("Where", active, next_, at, dtype=_DOUBLE),
        g.op("Where", anew, worst, bound, dtype=_DOUBLE),
        *(g.op("Identity", array) for array in (near, rank, start, least)),
    ]
    return g.op("Greater", most, half, dtype=_BOOL), following
