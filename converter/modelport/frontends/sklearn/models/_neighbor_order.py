"""Which of several equally near training rows are taken: those that scikit-learn's own search keeps.

The search pushes training rows on a heap of the K nearest. A row goes in only where it is nearer than the farthest of
the heap, and that one then leaves: of equal distances, which are kept depends on the order of the pushes and on where
in the heap each came to stand. Where the last place is a tie, the graph does the same, push by push; elsewhere the
nearest are the same in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.evidence.deviation_neighbors import open_places
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._metrics import direct_distances
from modelport.ir.builder import GraphBuilder

__all__ = ["Visits", "by_index", "by_tree", "kept"]

_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64


@dataclass(frozen=True)
class Visits:
    """``key`` [N, M] or [1, M], all different in a row: the training row with the least is pushed first.

    ``settled``: the source pushes in this order whatever the batch and the number of its threads.
    """

    key: ir.Value
    settled: bool


def by_index(scope: Scope, count: int, *, settled: bool) -> Visits:
    """From the first training row to the last."""
    return Visits(scope.builder.constant(np.arange(float(count))[None]), settled)


def by_tree(scope: Scope, tree: Any, rows: ir.Value, metric: str, options: dict[str, Any]) -> Visits:
    """Leaf by leaf: of two nodes the one whose border is nearer first, the left one where both are as near.

    Nodes too far to hold one of the nearest are left out by the source; nothing in them would be pushed anyway.
    """
    b = scope.builder
    _, index, nodes, bounds = (np.asarray(part) for part in tree.get_arrays())
    inner = (len(nodes) - 1) // 2
    leaves = nodes[inner:]
    position, leaf = np.empty(len(index)), np.empty(len(index), dtype=np.int64)
    for number, node in enumerate(leaves):
        own = index[node["idx_start"] : node["idx_end"]]
        position[own], leaf[own] = np.arange(len(own)), number
    if not inner:
        return Visits(b.constant(position[None]), settled=True)
    nearest = _borders(scope, rows, nodes[1:], bounds[:, 1:], metric, options)
    left, right = (b.op("Gather", nearest, b.constant(np.arange(start, 2 * inner, 2)), axis=1) for start in (0, 1))
    turned = b.op("Not", b.op("LessOrEqual", left, right, dtype=_BOOL))
    weights, start = _paths(inner, len(leaves))
    # Whole numbers, exact in any order.
    first = b.op("Add", b.op("MatMul", b.cast(turned, _DOUBLE), b.constant(weights)), b.constant(start[None]))
    widest = float(max(node["idx_end"] - node["idx_start"] for node in leaves))
    scaled = b.op("Mul", first, b.constant(np.asarray(widest)))
    key = b.op("Add", b.op("Gather", scaled, b.constant(leaf), axis=1), b.constant(position[None]))
    return Visits(key, settled=True)


def _paths(inner: int, leaves: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """[I, L] and [L]: how many leaves come before each, from the nodes above it that go right first."""
    weights, start = np.zeros((inner, leaves)), np.zeros(leaves)
    for leaf in range(leaves):
        node, size = inner + leaf, 1.0
        while node:
            above, is_right = (node - 1) // 2, node % 2 == 0
            weights[above, leaf] = -size if is_right else size
            start[leaf] += size if is_right else 0.0
            node, size = above, 2 * size
    return weights, start


def _borders(scope: Scope, rows: ir.Value, nodes: Any, bounds: Any, metric: str, options: dict[str, Any]) -> ir.Value:
    """[N, F] -> [N, nodes]: the least distance that a row of each node can have, or what grows with it."""
    b = scope.builder
    rows = b.cast(rows, _DOUBLE)
    if len(bounds) == 1:
        away = direct_distances(scope, rows, np.asarray(bounds[0]), metric, options)
        beyond = b.op("Sub", away.of_rank(away.rank), b.constant(np.ascontiguousarray(nodes["radius"])[None]))
        return b.op("Max", beyond, b.constant(np.asarray(0.0)))
    total: ir.Value | None = None
    power = {"manhattan": 1.0, "cityblock": 1.0, "l1": 1.0, "chebyshev": np.inf, "infinity": np.inf}.get(
        metric, float(options.get("p", 2)) if metric in ("minkowski", "p") else 2.0
    )
    zero = b.constant(np.asarray(0.0))
    for k in range(bounds.shape[2]):
        own = b.op("Gather", rows, b.constant(np.array([k], dtype=np.int64)), axis=1)
        low, high = (b.constant(np.ascontiguousarray(bound[None, :, k])) for bound in bounds)
        # One of both is 0: the row lies on one side of a node at most.
        term = b.op("Max", b.op("Max", b.op("Sub", low, own), b.op("Sub", own, high)), zero)
        if power not in (1.0, np.inf):
            term = b.op("Mul", term, term) if power == 2 else b.op("Pow", term, b.constant(np.asarray(power)))
        total = term if total is None else b.op("Max" if power == np.inf else "Add", total, term)
    return zero if total is None else total


def kept(scope: Scope, rank: ir.Value, count: int, size: int, visits: Visits) -> tuple[ir.Value, ir.Value]:
    """The ``count`` nearest of ``size`` training rows: their ranks in ascending order, and their places int64 [N, K].

    Numerics: exact; where distances deviate and may tie for the last place, any of them may be taken.
    """
    b = scope.builder
    values, places = b.top_k(rank, count)
    if count >= size:
        return values, places
    more, _ = b.top_k(rank, count + 1)
    last, next_ = (b.op("Gather", more, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in (count - 1, count))
    tied = b.op("Equal", last, next_, dtype=_BOOL)
    axes = b.constant(np.array([0, 1], dtype=np.int64))
    ties = b.op("ReduceSum", b.cast(tied, _DOUBLE), axes, keepdims=0)
    some = b.op("Greater", ties, b.constant(np.asarray(0.5)), dtype=_BOOL)
    found = _pushed(scope, rank, visits.key, tied, some, count, size)
    chosen = b.op("Identity", b.op("Where", tied, found, places, dtype=_INT64))
    scope.shapes.note(chosen, count)
    settled = visits.settled
    scope.claim(
        chosen,
        [rank],
        lambda n: open_places(n.x(), n.d(), count, settled=settled)[0],
        "undefined where the last of the nearest ties",
        lambda n: open_places(n.x(), n.d(), count, settled=settled)[1],
    )
    return values, chosen


def _pushed(
    scope: Scope, rank: ir.Value, key: ir.Value, tied: ir.Value, some: ir.Value, count: int, size: int
) -> ir.Value:
    """[N, K]: who is on the heap when all have been pushed, the nearest first; of rows without a tie anything."""
    b = scope.builder
    levels = int(np.log2(count))
    # Places of the heap that are none are never nearer than a value that sinks.
    wide = 2 ** (levels + 1) - 1
    empty = np.where(np.arange(wide) < count, np.inf, -np.inf)[None]
    # A row without a tie starts with a heap that nothing enters.
    heap = b.op("Where", tied, b.constant(empty), b.constant(np.full((1, wide), -np.inf)), dtype=_DOUBLE)
    held = b.op("Mul", b.cast(tied, _DOUBLE), b.constant(np.zeros((1, wide))))
    at = b.op("Sub", b.cast(tied, _DOUBLE), b.constant(np.asarray(2.0)))
    states = b.loop(size, some, [heap, held, at, rank, key], lambda g, given: _push(g, given, levels))
    scope.claim(states[0], [tied], lambda n: np.zeros(n.result.shape), "")
    own = b.op("Gather", states[0], b.constant(np.arange(count)), axis=1)
    _, order = b.top_k(own, count)
    return b.cast(b.op("GatherElements", states[1], order, axis=1), _INT64)


def _push(g: GraphBuilder, given: Sequence[ir.Value], levels: int) -> tuple[ir.Value, list[ir.Value]]:
    """One push a row: the next training row, in the order of the keys, that is nearer than the farthest of the heap."""
    heap, held, at, rank, key = given
    zero, one = g.constant(np.asarray(0, dtype=np.int64)), g.constant(np.asarray(1, dtype=np.int64))
    top = g.op("Gather", heap, g.constant(np.array([0], dtype=np.int64)), axis=1)
    open_ = g.op("And", g.op("Less", rank, top, dtype=_BOOL), g.op("Greater", key, at, dtype=_BOOL))
    # Negative, so that the first of the open ones is the greatest.
    turn = g.op("Where", open_, g.op("Neg", key), g.constant(np.asarray(-np.inf)), dtype=_DOUBLE)
    place = g.op("ArgMax", turn, dtype=_INT64, axis=1, keepdims=1)
    next_ = g.op("Neg", g.op("GatherElements", turn, place, axis=1))
    active = g.op("Less", next_, g.constant(np.asarray(np.inf)), dtype=_BOOL)
    value, who = g.op("GatherElements", rank, place, axis=1), g.cast(place, _DOUBLE)
    columns = g.constant(np.arange(2 ** (levels + 1) - 1, dtype=np.int64)[None])
    node, sinks = g.op("Mul", place, zero), active

    def written(array: ir.Value, item: ir.Value, where: ir.Value) -> ir.Value:
        own = g.op("And", g.op("Equal", columns, node, dtype=_BOOL), where)
        return g.op("Where", own, item, array, dtype=_DOUBLE)

    for _ in range(levels):
        left = g.op("Add", g.op("Add", node, node), one)
        right = g.op("Add", left, one)
        at_left, at_right = (g.op("GatherElements", heap, child, axis=1) for child in (left, right))
        larger = g.op("GreaterOrEqual", at_left, at_right, dtype=_BOOL)
        child = g.op("Where", larger, left, right, dtype=_INT64)
        largest = g.op("Max", at_left, at_right)
        sinks = g.op("And", sinks, g.op("Less", value, largest, dtype=_BOOL))
        lifted = g.op("GatherElements", held, child, axis=1)
        heap, held = written(heap, largest, sinks), written(held, lifted, sinks)
        # Where it sinks no further the node stays; its children exist on every level but the last.
        node = g.op("Where", sinks, child, node, dtype=_INT64)
    heap, held = written(heap, value, active), written(held, who, active)
    most = g.op("ReduceSum", g.cast(active, _DOUBLE), g.constant(np.array([0, 1], dtype=np.int64)), keepdims=0)
    go = g.op("Greater", most, g.constant(np.asarray(0.5)), dtype=_BOOL)
    at = g.op("Where", active, next_, at, dtype=_DOUBLE)
    return go, [heap, held, at, g.op("Identity", rank), g.op("Identity", key)]
