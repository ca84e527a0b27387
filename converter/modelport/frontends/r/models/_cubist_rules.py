"""Cubist's committee in a graph: the mean of the rules that a row meets, and the mean of the members."""

from itertools import pairwise

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, constant, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._quinlan_cases import Cases
from modelport.frontends.r.models._quinlan_rules import matches, slots
from modelport.frontends.r.trees.cubist_model import CubistModel, LinearRule

__all__ = ["committee_value"]

_BOOL, _DOUBLE, _FLOAT, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT, ir.DataType.INT64


def committee_value(scope: Scope, cases: Cases, model: CubistModel) -> ir.Value:
    """float32 [N, 1].

    Numerics: a rule's linear model in double, term by term in the order of the attributes; a member's mean and the mean of
    all are rounded to single precision, as in the source. Source: predict.c, PredictValue, RuleSetPrediction.
    """
    b = scope.builder
    rules = [rule for member in model.members for rule in member]
    starts = np.cumsum([0, *(len(member) for member in model.members)]).tolist()
    count = len(model.members)
    index, width = slots([range(start, end) for start, end in pairwise(starts)])
    shape = b.constant(np.array([-1, count, width], dtype=np.int64))
    met = matches(scope, cases, [rule.conditions for rule in rules])
    said = where(
        scope,
        b.op("Greater", met, constant(scope, 0.5), dtype=_BOOL),
        _linear(scope, cases, rules),
        constant(scope, 0.0),
    )
    # An empty slot is the last column, 0.
    none = b.op("Mul", b.op("Gather", met, b.constant(np.array([0])), axis=1), constant(scope, 0.0))
    places = b.constant(np.where(index < 0, len(rules), index).ravel())
    total, weight = (
        _last(scope, b.op("Reshape", b.op("Gather", concat(scope, [part, none]), places, axis=1), shape), 2, width)
        for part in (said, met)
    )
    empty = b.op("Equal", weight, constant(scope, 0.0), dtype=_BOOL)
    mean = b.op("Div", total, where(scope, empty, constant(scope, 1.0), weight))
    mean = b.cast(where(scope, empty, constant(scope, model.mean), mean), _FLOAT)
    whole = _last(scope, b.cast(mean, _DOUBLE), 1, count)
    whole = b.op("Unsqueeze", whole, b.constant(np.array([1])))
    return b.cast(b.op("Div", whole, constant(scope, float(count))), _FLOAT)


def _last(scope: Scope, value: ir.Value, axis: int, width: int) -> ir.Value:
    """The sum along the last axis, one after the other."""
    b = scope.builder
    summed = b.op("CumSum", value, b.constant(np.asarray(axis, dtype=np.int64)))
    return b.op("Gather", summed, b.constant(np.asarray(width - 1, dtype=np.int64)), axis=axis)


def _linear(scope: Scope, cases: Cases, rules: list[LinearRule]) -> ir.Value:
    """float64 [N, R]: the linear model of each rule, within its limits."""
    b = scope.builder
    value = constant(scope, [[rule.intercept for rule in rules]])
    if cases.numbers is not None:
        known = next(iter(cases.places))
        for turn in range(max((len(rule.terms) for rule in rules), default=0)):
            # A term that a rule does not have is 0 times some number.
            own = [rule.terms[turn] if turn < len(rule.terms) else (known, 0.0) for rule in rules]
            x = b.cast(cases.compared(scope, [attribute for attribute, _ in own]), _DOUBLE)
            value = b.op("Add", value, b.op("Mul", x, constant(scope, [[factor for _, factor in own]])))
    low, high = (constant(scope, [[getattr(rule, end) for rule in rules]]) for end in ("low", "high"))
    below, above = (b.op(op, value, end, dtype=_BOOL) for op, end in (("Less", low), ("Greater", high)))
    return where(scope, below, low, where(scope, above, high, value))
