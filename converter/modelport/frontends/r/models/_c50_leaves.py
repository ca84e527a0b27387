"""C5.0's trees in a graph: a row without missing values ends in one leaf of each; for others shares of it are computed."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import column
from modelport.frontends.r._arithmetic import concat, constant, either, is_nan, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._c50_trees import share_votes
from modelport.frontends.r.models._c50_votes import Votes
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.trees.c50_forest import Said, leaf_forest
from modelport.frontends.r.trees.c50_levels import Walked
from modelport.frontends.r.trees.c50_tree import LEAF, Node
from modelport.frontends.r.trees.quinlan_names import UNKNOWN
from modelport.frontends.r.trees.quinlan_text import DISCRETE
from modelport.ir.builder import GraphBuilder
from modelport.ir.claims import Local

__all__ = ["tree_votes"]

_BOOL, _DOUBLE, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT, ir.DataType.INT64
Costs = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def tree_votes(scope: Scope, cases: Cases, walked: Walked, roots: Sequence[Node], costs: Costs | None) -> Votes:
    """Shapes: T trees and C classes; ``costs`` float32 [C, C], of taking the second for the first.

    Where no threshold is soft, what a leaf says of a row is known beforehand, and shares are computed only where a value is
    missing. Both ways give the same to the last bit.
    """
    if not walked.outcomes or any(outcome.lower < outcome.upper for outcome in walked.outcomes):
        return share_votes(scope, cases, walked, roots, costs)
    whole = _by_leaf(scope, cases, roots, costs)
    return _unless_missing(scope, cases, walked, roots, costs, whole)


def _by_leaf(scope: Scope, cases: Cases, roots: Sequence[Node], costs: Costs | None) -> Votes:
    b = scope.builder
    parts: list[ir.Value] = []
    columns: dict[int, int] = {}
    if cases.numbers is not None:
        parts.append(b.cast(cases.numbers, _DOUBLE))
        columns |= cases.places
    for attribute, place in cases.discrete.items():
        columns[attribute] = len(columns)
        parts.append(column(scope, b.cast(place, _DOUBLE)))
    # A node of its own, since the forest is known by the tensor that it reads.
    rows = b.op("Identity", concat(scope, parts))
    forest, said = leaf_forest(roots, columns, cases.codes, str(rows.name))
    leaf = b.cast(scope.forest(forest, rows, [None] * len(columns)), _INT64)
    count = len(roots[0].dist)
    first = _order(roots[0], costs)
    told = [_told(node, roots[tree], costs) for tree, node in said]

    def looked_up(values: Sequence[object], own: ir.Value) -> ir.Value:
        return b.op("Gather", b.constant(np.array(values)), own, axis=0)

    single = b.op("Gather", leaf, b.constant(np.asarray(0, dtype=np.int64)), axis=1)
    return Votes(
        best=looked_up([t[0] for t in told], leaf),
        confidence=looked_up([float(t[1][t[0]]) for t in told], leaf),
        shares=looked_up([t[1] for t in told], single),
        scores=looked_up([t[2][first] for t in told], single),
        places=tuple(first),
        default=roots[0].best,
        count=len(roots),
        classes=count,
    )


def _order(root: Node, costs: Costs | None) -> list[int]:
    """The classes in the order in which they are compared, the first of equals winning."""
    own = list(range(len(root.dist)))
    return own if costs is not None else [root.best, *(k for k in own if k != root.best)]


def _told(leaf: Said, root: Node, costs: Costs | None) -> tuple[int, Doubles, Doubles]:
    """The class, the confidence in each, and the scores by which the class is chosen, of a row that ends in a leaf.

    Source: classify.c, PredictTreeClassify, SelectClassGen, MisclassCost.
    """
    sums = (leaf.dist / leaf.cases).astype(np.float64)
    weight = float(leaf.cases)
    shares = (weight * sums + (root.dist / root.cases).astype(np.float64)) / (weight + 1)
    scores = sums
    if costs is not None:
        scores = np.array([_saving(sums, k, costs) if sums[k] else -1e300 for k in range(len(sums))])
    order = _order(root, costs)
    return order[int(np.argmax(scores[order]))], shares, scores


def _saving(sums: Doubles, own: int, costs: Costs) -> float:
    total = 0.0
    for other, share in enumerate(sums.tolist()):
        if other != own:
            total += share * float(costs[own, other])
    return -total


def _missing(scope: Scope, cases: Cases, roots: Sequence[Node]) -> ir.Value:
    """bool [N, 1]: a value that a tree tests is missing, or counts as missing in one of its tests."""
    b = scope.builder
    asked = _tested(roots)
    flags: list[ir.Value] = []
    numeric = [attribute for attribute in asked if attribute in cases.places]
    if numeric:
        gaps = b.cast(is_nan(scope, cases.compared(scope, numeric)), _DOUBLE)
        most = b.op("ReduceMax", gaps, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
        flags.append(b.op("Greater", most, constant(scope, 0.5), dtype=_BOOL))
    for attribute, forks in asked.items():
        if attribute in cases.discrete:
            odd = cases.table(scope, attribute, lambda code, forks=forks: [float(code == UNKNOWN or code > forks)])  # type: ignore[misc]
            flags.append(b.op("Greater", odd, constant(scope, 0.5), dtype=_BOOL))
    return either(scope, *flags)


def _tested(roots: Sequence[Node]) -> dict[int, float]:
    """The attributes that are tested, and the last code that every test of each value has a branch for."""
    found: dict[int, float] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.kind != LEAF:
            most = float(node.forks) if node.kind == DISCRETE else np.inf
            found[node.attribute] = min(found.get(node.attribute, np.inf), most)
            waiting += node.branches
    return found


def _unless_missing(
    scope: Scope, cases: Cases, walked: Walked, roots: Sequence[Node], costs: Costs | None, whole: Votes
) -> Votes:
    """The votes, those of rows with missing values by shares, which are computed only where there is such a row."""
    b = scope.builder
    missing = _missing(scope, cases, roots)
    flag = b.cast(missing, _DOUBLE)
    most = b.op("ReduceMax", flag, b.constant(np.array([0, 1], dtype=np.int64)), keepdims=0)
    go = b.op("Greater", most, constant(scope, 0.5), dtype=_BOOL)
    attributes = list(cases.discrete)
    rows = [] if cases.numbers is None else [cases.numbers]
    rows += [column(scope, b.cast(cases.discrete[attribute], _DOUBLE)) for attribute in attributes]
    single = [whole.shares, whole.scores] if whole.count == 1 else []
    answers = [b.cast(whole.best, _DOUBLE), whole.confidence, *single]

    def body(g: GraphBuilder, given: list[ir.Value]) -> tuple[ir.Value, list[ir.Value]]:
        own = Scope(g, {}, {"flag": given[0]})
        left = list(given[1 : 1 + len(rows)])
        numbers = None if cases.numbers is None else left.pop(0)
        flat = g.constant(np.array([-1], dtype=np.int64))
        codes = {a: g.op("Reshape", g.cast(v, _INT64), flat) for a, v in zip(attributes, left, strict=True)}
        inside = Cases(numbers, cases.places, codes, cases.codes, None)
        votes = share_votes(own, inside, walked, roots, costs)
        here = g.op("Greater", given[0], g.constant(np.asarray(0.5)), dtype=_BOOL)
        made = [g.cast(votes.best, _DOUBLE), votes.confidence, votes.shares, votes.scores]
        before = given[1 + len(rows) :]
        following = [where(own, here, value, old) for value, old in zip(made, before, strict=False)]
        kept = [g.op("Identity", value) for value in given[: 1 + len(rows)]]
        return g.op("Identity", g.constant(np.asarray(False))), [*kept, *following]

    states = b.loop(1, go, [flag, *rows, *answers], body)
    inputs = [flag, *rows, *answers]
    rule = _undefined(len(inputs))
    # A loop is known by its first state; of the others a node of its own is.
    done = [b.op("Identity", value) for value in states[1 + len(rows) :]]
    for value in (states[0], *done):
        scope.claim(value, inputs, rule, "undefined where a value may be on the other side of a threshold")
    best, confidence, *more = done
    shares, scores = more or (whole.shares, whole.scores)
    return Votes(
        best=b.cast(best, _INT64),
        confidence=confidence,
        shares=shares,
        scores=scores,
        places=whole.places,
        default=whole.default,
        count=whole.count,
        classes=whole.classes,
    )


def _undefined(count: int) -> Callable[[Local], Doubles]:
    """Everything of a row in which one of so many inputs deviates."""

    def rule(n: Local) -> Doubles:
        found = np.zeros(n.result.shape)
        for number in range(count):
            found[n.d(number).reshape(len(found), -1).any(axis=1)] = np.inf
        return found

    return rule
