"""C5.0's rulesets in a graph: the rules that a row meets vote for their classes."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, ones, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._c50_votes import Votes
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.models._quinlan_rules import matches, slots
from modelport.frontends.r.trees.c50_rules import Rule, Ruleset

__all__ = ["rule_votes"]

_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64


def rule_votes(scope: Scope, cases: Cases, rulesets: Sequence[Ruleset], classes: int) -> Votes:
    """Shapes: T rulesets, C classes, S rules for one class at most.

    Numerics: votes are whole thousandths, their sums exact; quotients are one division each, as in the source.
    Source: classify.c, PredictRuleClassify.
    """
    b = scope.builder
    count = len(rulesets)
    rules = [rule for ruleset in rulesets for rule in ruleset.rules]
    starts = np.cumsum([0, *(len(ruleset.rules) for ruleset in rulesets)])
    groups = [
        [int(start) + n for n, rule in enumerate(ruleset.rules) if rule.best == k]
        for start, ruleset in zip(starts, rulesets, strict=False)
        for k in range(classes)
    ]
    index, width = slots(groups)
    met = _met(scope, cases, rules, index)
    sums = _last(scope, b.op("Mul", met, _table(scope, index, [rule.vote for rule in rules])), width)
    sums = b.op("Reshape", sums, _ints(scope, [-1, count, classes]))
    active = _last(scope, b.op("Reshape", met, _ints(scope, [-1, count, classes * width])), classes * width)
    weight = b.op("Unsqueeze", b.op("Mul", active, constant(scope, 1000.0)), _ints(scope, [2]))
    none = b.op("Equal", weight, constant(scope, 0.0), dtype=_BOOL)
    order = np.array([[r.default, *(k for k in range(classes) if k != r.default)] for r in rulesets], dtype=np.int64)
    scores = _ordered(scope, sums, order)
    pick = b.op("Squeeze", b.op("ArgMax", scores, dtype=_INT64, axis=2, keepdims=1), _ints(scope, [2]))
    number = b.op("Add", pick, _ints(scope, [[t * classes for t in range(count)]]))
    best = b.op("Gather", _ints(scope, order.ravel()), number, axis=0)
    ratio = b.op("Div", sums, where(scope, none, constant(scope, 1.0), weight))
    specific = b.op("Div", _most_specific(scope, met, rules, index, (count, classes)), constant(scope, 1000.0))
    chosen = b.op("Unsqueeze", best, _ints(scope, [2]))
    own = b.op("Equal", chosen, _ints(scope, np.arange(classes).reshape(1, 1, -1)), dtype=_BOOL)
    # A class without a vote has 0 in both.
    shares = where(scope, own, b.op("Max", specific, ratio), b.op("Min", ratio, specific))
    confidence = b.op("GatherElements", shares, chosen, axis=2)
    confidence = b.op("Squeeze", where(scope, none, constant(scope, 0.5), confidence), _ints(scope, [2]))
    first = b.constant(np.asarray(0, dtype=np.int64))
    return Votes(
        best=best,
        confidence=confidence,
        shares=b.op("Gather", shares, first, axis=1),
        scores=b.op("Gather", scores, first, axis=1),
        places=tuple(order[0].tolist()),
        default=rulesets[0].default,
        count=count,
        classes=classes,
    )


def _ints(scope: Scope, values: object) -> ir.Value:
    return scope.builder.constant(np.asarray(values, dtype=np.int64))


def _met(
    scope: Scope, cases: Cases, rules: Sequence[Rule], index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> ir.Value:
    """float64 [N, T·C, S]: 1 where the rule in a slot applies; 0 in empty slots."""
    b = scope.builder
    none = b.op("Mul", ones(scope), constant(scope, 0.0))
    found = concat(scope, [matches(scope, cases, [rule.conditions for rule in rules]), none]) if rules else none
    flat = b.op("Gather", found, _ints(scope, np.where(index < 0, len(rules), index).ravel()), axis=1)
    return b.op("Reshape", flat, _ints(scope, [-1, *index.shape]))


def _table(scope: Scope, index: np.ndarray[tuple[int, ...], np.dtype[np.int64]], values: Sequence[float]) -> ir.Value:
    return constant(scope, np.append(np.asarray(values, dtype=np.float64), 0.0)[index][None])


def _last(scope: Scope, value: ir.Value, width: int) -> ir.Value:
    """[N, K, S] -> [N, K]: the sums."""
    b = scope.builder
    summed = b.op("CumSum", value, b.constant(np.asarray(2, dtype=np.int64)))
    return b.op("Gather", summed, b.constant(np.asarray(width - 1, dtype=np.int64)), axis=2)


def _ordered(scope: Scope, sums: ir.Value, order: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> ir.Value:
    """[N, T, C], the classes of each ruleset in the order in which they are compared."""
    b = scope.builder
    count, classes = order.shape
    flat = b.op("Reshape", sums, _ints(scope, [-1, count * classes]))
    places = order + np.arange(count)[:, None] * classes
    return b.op(
        "Reshape", b.op("Gather", flat, _ints(scope, places.ravel()), axis=1), _ints(scope, [-1, count, classes])
    )


def _most_specific(
    scope: Scope,
    met: ir.Value,
    rules: Sequence[Rule],
    index: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    shape: tuple[int, int],
) -> ir.Value:
    """float64 [N, T, C]: the vote of the rule that covers fewest cases, among equal ones the greatest vote; 0 of none."""
    b = scope.builder
    rank = np.zeros(index.shape)
    votes = np.zeros((len(index), index.shape[1] + 1))
    for group, own in enumerate(index):
        given = [n for n in own.tolist() if n >= 0]
        worst_first = sorted(given, key=lambda n: (-float(rules[n].cover), rules[n].vote))
        for place, n in enumerate(worst_first, start=1):
            rank[group, given.index(n)] = place
            votes[group, place] = rules[n].vote
    top = b.op("ReduceMax", b.op("Mul", met, constant(scope, rank[None])), _ints(scope, [2]), keepdims=0)
    number = b.op("Add", b.cast(top, _INT64), _ints(scope, np.arange(len(index))[None] * votes.shape[1]))
    found = b.op("Gather", constant(scope, votes.ravel()), number, axis=0)
    return b.op("Reshape", found, _ints(scope, [-1, *shape]))
