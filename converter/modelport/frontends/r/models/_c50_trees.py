"""C5.0's trees in a graph: shares of a row go down all trees level by level, and the leaves add up to each tree's vote."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import both, concat, constant, is_nan, ones, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._c50_votes import Votes
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.trees.c50_levels import LEAST_SHARE, Leaf, Level, Outcome, Walked
from modelport.frontends.r.trees.c50_tree import Node
from modelport.frontends.r.trees.quinlan_text import AT_MOST

__all__ = ["share_votes"]

_BOOL, _DOUBLE, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT, ir.DataType.INT64
Costs = npt.NDArray[np.float32]


def share_votes(scope: Scope, cases: Cases, walked: Walked, roots: Sequence[Node], costs: Costs | None) -> Votes:
    """Shapes: T trees and C classes; ``costs`` float32 [C, C], of taking the second for the first.

    Numerics: shares of a row and what a leaf adds are single precision, their sums double, one leaf after the other,
    as in FindLeafGen; so the result is the same to the last bit.
    """
    shares = _shares(scope, cases, walked, len(roots))
    sums, weight = _sums(scope, shares, walked.leaves, len(roots))
    return _chosen(scope, sums, weight, roots, costs)


def _ints(scope: Scope, values: Sequence[int] | npt.NDArray[np.int64]) -> ir.Value:
    return scope.builder.constant(np.asarray(values, dtype=np.int64))


def _shares(scope: Scope, cases: Cases, walked: Walked, count: int) -> list[ir.Value]:
    """float32 [N, nodes] of each level: which share of the row comes to each node."""
    b = scope.builder
    whole = b.cast(ones(scope), _FLOAT)
    levels = [b.op("Gather", whole, _ints(scope, [0] * count), axis=1)]
    if walked.levels:
        outcomes = _outcomes(scope, cases, list(walked.outcomes))
        for level in walked.levels:
            levels.append(
                _level(scope, level, levels[-1], b.op("Gather", outcomes, _ints(scope, level.outcome), axis=1))
            )
    return levels


def _level(scope: Scope, level: Level, above: ir.Value, outcome: ir.Value) -> ir.Value:
    b = scope.builder
    share = b.op("Gather", above, _ints(scope, level.parent), axis=1)
    known = b.op("Mul", b.cast(share, _DOUBLE), outcome)
    if any(level.ends):
        small = b.op("Less", known, constant(scope, LEAST_SHARE), dtype=_BOOL)
        ends = b.constant(np.array([level.ends], dtype=np.bool_))
        known = where(scope, both(scope, small, ends), constant(scope, 0.0), known)
    cases, whole = (b.constant(np.array([part], dtype=np.float32)) for part in (level.cases, level.whole))
    parted = b.op("Div", b.op("Mul", share, cases), whole)
    return where(scope, is_nan(scope, outcome), parted, b.cast(known, _FLOAT))


def _outcomes(scope: Scope, cases: Cases, outcomes: Sequence[Outcome]) -> ir.Value:
    """float64 [N, outcomes]: 1 where a row has it, 0 where not, between at soft thresholds; NaN where its value is missing."""
    parts: list[ir.Value] = []
    order: list[int] = []
    for wanted in (False, True):
        own = [n for n, o in enumerate(outcomes) if o.side and (o.lower < o.upper) == wanted]
        if own:
            parts.append((_soft if wanted else _hard)(scope, cases, [outcomes[n] for n in own]))
            order += own
    for attribute in dict.fromkeys(o.attribute for o in outcomes if not o.side):
        own = [n for n, o in enumerate(outcomes) if not o.side and o.attribute == attribute]
        asked = [outcomes[n] for n in own]
        parts.append(cases.table(scope, attribute, lambda code, asked=asked: [_said(o, code) for o in asked]))  # type: ignore[misc]
        order += own
    return scope.builder.op("Gather", concat(scope, parts), _ints(scope, np.argsort(order)), axis=1)


def _said(outcome: Outcome, code: int) -> float:
    return float("nan") if code not in outcome.known else float(code in outcome.codes)


def _hard(scope: Scope, cases: Cases, outcomes: Sequence[Outcome]) -> ir.Value:
    b = scope.builder
    x = cases.compared(scope, [o.attribute for o in outcomes])
    cut = b.constant(np.array([[o.cut for o in outcomes]], dtype=np.float32))
    below = b.op("LessOrEqual", x, cut, dtype=_BOOL)
    right = b.constant(np.array([[o.side == AT_MOST for o in outcomes]]))
    met = b.cast(b.op("Equal", below, right, dtype=_BOOL), _DOUBLE)
    return where(scope, is_nan(scope, x), constant(scope, np.nan), met)


def _soft(scope: Scope, cases: Cases, outcomes: Sequence[Outcome]) -> ir.Value:
    """Source: classify.c, PredictInterpolate: differences in single precision, the rest in double, rounded to single."""
    b = scope.builder
    x = cases.compared(scope, [o.attribute for o in outcomes])
    cut, lower, upper = (np.array([[getattr(o, end) for o in outcomes]], dtype=np.float32) for end in _ENDS)
    half = constant(scope, 0.5)

    def fraction(end: npt.NDArray[np.float32]) -> ir.Value:
        distance = b.cast(b.op("Sub", x, b.constant(end)), _DOUBLE)
        return b.op("Div", b.op("Mul", half, distance), constant(scope, (cut - end).astype(np.float64) + 1e-10))

    within = b.op("LessOrEqual", x, b.constant(cut), dtype=_BOOL)
    share = where(scope, within, b.op("Sub", constant(scope, 1.0), fraction(lower)), fraction(upper))
    share = where(scope, b.op("GreaterOrEqual", x, b.constant(upper), dtype=_BOOL), constant(scope, 0.0), share)
    share = where(scope, b.op("LessOrEqual", x, b.constant(lower), dtype=_BOOL), constant(scope, 1.0), share)
    share = b.cast(b.cast(share, _FLOAT), _DOUBLE)
    sides = b.constant(np.array([[o.side == AT_MOST for o in outcomes]]))
    found = where(scope, sides, share, b.op("Sub", constant(scope, 1.0), share))
    return where(scope, is_nan(scope, x), constant(scope, np.nan), found)


_ENDS = ("cut", "lower", "upper")


def _sums(scope: Scope, levels: list[ir.Value], leaves: Sequence[Leaf], count: int) -> tuple[list[ir.Value], ir.Value]:
    """float64 [N, T] of each class, and of the cases of the leaves."""
    b = scope.builder
    none = b.op("Sub", _first(scope, levels[0]), _first(scope, levels[0]))
    parts, places = [none], {-1: 0}
    for number in sorted({leaf.level for leaf in leaves}):
        own = [n for n, leaf in enumerate(leaves) if leaf.level == number]
        parts.append(b.op("Gather", levels[number], _ints(scope, [leaves[n].column for n in own]), axis=1))
        for n in own:
            places[n] = len(places)
    by_tree = [[n for n, leaf in enumerate(leaves) if leaf.tree == tree] for tree in range(count)]
    most = max(map(len, by_tree))
    slots = [n for own in by_tree for n in (*own, *[-1] * (most - len(own)))]
    share = b.op("Gather", concat(scope, parts), _ints(scope, [places[n] for n in slots]), axis=1)
    one = np.float32(1)
    whole = np.array([[one if n < 0 else leaves[n].cases for n in slots]], dtype=np.float32)
    shape = _ints(scope, [-1, count, most])

    def added(value: ir.Value) -> ir.Value:
        table = b.op("Reshape", b.cast(value, _DOUBLE), shape)
        summed = b.op("CumSum", table, b.constant(np.asarray(2, dtype=np.int64)))
        return b.op("Gather", summed, b.constant(np.asarray(most - 1, dtype=np.int64)), axis=2)

    sums = []
    for k in range(len(leaves[0].dist)):
        dist = np.array([[0 if n < 0 else leaves[n].dist[k] for n in slots]], dtype=np.float32)
        sums.append(added(b.op("Div", b.op("Mul", share, b.constant(dist)), b.constant(whole))))
    return sums, added(b.op("Mul", share, b.constant(whole)))


def _first(scope: Scope, value: ir.Value) -> ir.Value:
    return scope.builder.op("Gather", value, _ints(scope, [0]), axis=1)


@dataclass(frozen=True)
class _Order:
    """In which order the classes of each tree are compared, the first of equals winning: int [T, C]."""

    classes: npt.NDArray[np.int64]

    def arranged(self, scope: Scope, values: Sequence[ir.Value]) -> ir.Value:
        """float64 [N, T] of each class -> [N, T, C] in this order."""
        b = scope.builder
        trees, count = self.classes.shape
        index = self.classes * trees + np.arange(trees)[:, None]
        flat = b.op("Gather", concat(scope, values), _ints(scope, index.ravel()), axis=1)
        return b.op("Reshape", flat, _ints(scope, [-1, trees, count]))


def _chosen(scope: Scope, sums: list[ir.Value], weight: ir.Value, roots: Sequence[Node], costs: Costs | None) -> Votes:
    """Source: classify.c, PredictTreeClassify, SelectClassGen, MisclassCost."""
    b = scope.builder
    count, trees = len(sums), len(roots)
    prior = np.array([root.dist / root.cases for root in roots], dtype=np.float32).astype(np.float64)
    above = b.op("Add", weight, constant(scope, 1.0))
    shares = []
    for k, total in enumerate(sums):
        whole = b.op("Add", b.op("Mul", weight, total), constant(scope, prior[:, k][None]))
        shares.append(b.op("Div", whole, above))
    if costs is None:
        # Among equal classes the one of the root counts first.
        order = _Order(np.array([[r.best, *(k for k in range(count) if k != r.best)] for r in roots], dtype=np.int64))
        scores = order.arranged(scope, sums)
    else:
        order = _Order(np.tile(np.arange(count), (trees, 1)))
        scores = order.arranged(scope, _savings(scope, sums, roots, costs))
    pick = b.op("ArgMax", scores, dtype=_INT64, axis=2, keepdims=1)
    shared = order.arranged(scope, shares)
    confidence = b.op("Squeeze", b.op("GatherElements", shared, pick, axis=2), _ints(scope, [2]))
    offset = np.arange(trees)[None, :] * count
    number = b.op("Add", b.op("Squeeze", pick, _ints(scope, [2])), _ints(scope, offset))
    best = b.op("Gather", _ints(scope, order.classes.ravel()), number, axis=0)
    first = _ints(scope, 0)  # type: ignore[arg-type]
    return Votes(
        best=best,
        confidence=confidence,
        shares=concat(scope, [_first(scope, share) for share in shares]),
        scores=b.op("Gather", scores, first, axis=1),
        places=tuple(order.classes[0].tolist()),
        default=roots[0].best,
        count=trees,
        classes=count,
    )


def _savings(scope: Scope, sums: Sequence[ir.Value], roots: Sequence[Node], costs: Costs) -> list[ir.Value]:
    """[N, T] of each class: minus the cost of choosing it; far below all others where it has no share at all."""
    b = scope.builder
    found = []
    for k, own in enumerate(sums):
        cost: ir.Value | None = None
        for other, share in enumerate(sums):
            if other != k:
                term = b.op("Mul", share, constant(scope, float(costs[k, other])))
                cost = term if cost is None else b.op("Add", cost, term)
        assert cost is not None
        # With nothing at all, the class of the root is left.
        absent = constant(scope, [[-1e10 if root.best == k else -1e300 for root in roots]])
        none = b.op("Equal", own, constant(scope, 0.0), dtype=_BOOL)
        found.append(where(scope, none, absent, b.op("Neg", cost)))
    return found
