"""Which rules of C5.0 or Cubist a row meets: every condition of each."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, ones
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.trees.quinlan_text import AT_MOST, MORE, Condition

__all__ = ["matches", "slots", "twice"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


def matches(scope: Scope, cases: Cases, rules: Sequence[Sequence[Condition]]) -> ir.Value:
    """float64 [N, R]: 1 where a row meets all conditions of a rule; a missing value meets none.

    Source: classify.c of C5.0, FindOutcome and Matches; rules.c of Cubist, Satisfies.
    """
    b = scope.builder
    met, place = _met(scope, cases, list(dict.fromkeys(c for rule in rules for c in rule)))
    widest = max((len(rule) for rule in rules), default=0)
    # Column 0 is 1 everywhere.
    index = [[*(place[c] for c in rule), *[0] * (max(1, widest) - len(rule))] for rule in rules]
    table = b.op("Gather", met, b.constant(np.array(index, dtype=np.int64).ravel()), axis=1)
    table = b.op("Reshape", table, b.constant(np.array([-1, len(rules), max(1, widest)], dtype=np.int64)))
    return b.op("ReduceMin", table, b.constant(np.array([2], dtype=np.int64)), keepdims=0)


def _met(scope: Scope, cases: Cases, conditions: list[Condition]) -> tuple[ir.Value, dict[Condition, int]]:
    """float64 [N, 1 + C], and the column of each condition."""
    b = scope.builder
    parts, place = [ones(scope)], dict[Condition, int]()

    def add(part: ir.Value, own: Sequence[Condition]) -> None:
        parts.append(part)
        for condition in own:
            place[condition] = len(place) + 1

    for outcome, op in ((AT_MOST, "LessOrEqual"), (MORE, "Greater")):
        own = [c for c in conditions if c.cut is not None and c.outcome == outcome]
        if own:
            cuts = b.constant(np.array([[c.cut for c in own]], dtype=np.float32))
            found = b.op(op, cases.compared(scope, [c.attribute for c in own]), cuts, dtype=_BOOL)
            add(b.cast(found, _DOUBLE), own)
    discrete = [c for c in conditions if c.codes]
    for attribute in dict.fromkeys(c.attribute for c in discrete):
        own = [c for c in discrete if c.attribute == attribute]
        add(cases.table(scope, attribute, lambda code, own=own: [float(code in c.codes) for c in own]), own)  # type: ignore[misc]
    never = [c for c in conditions if c not in place]
    if never:
        add(b.op("Mul", ones(scope), constant(scope, np.zeros((1, len(never))))), never)
    return concat(scope, parts), place


def slots(groups: Sequence[Sequence[int]]) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], int]:
    """Numbers group by group, each filled up with -1 to the size of the greatest: int64 [G, S], and S."""
    width = max(1, *(len(group) for group in groups)) if groups else 1
    return np.array([[*group, *[-1] * (width - len(group))] for group in groups], dtype=np.int64), width


def twice(rule: Sequence[Condition]) -> bool:
    """Whether a rule asks the same test twice, which C5.0 never answers."""
    return len({condition.test for condition in rule}) < len(rule)
