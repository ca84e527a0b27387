"""The list of nearest rows that caret's C code keeps while it goes through the fitted rows: which of them end in it.

The list is sorted and starts with room for 2k - 1 rows: of the k places that stand for 'none yet', each row but the last
of the first k leaves one more behind. A row that comes pushes the farthest out, unless all in the list are as near as the
k-th or nearer: then there is one more room. So at such a moment the list holds exactly the rows as near as the k-th, and
what ends in it are the nearest of these and of the rows that came after the last such moment.
"""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import constant, either, where
from modelport.frontends.r._scope import Scope
from modelport.ir.builder import GraphBuilder

__all__ = ["FARTHEST", "MOST", "held"]

_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64
# What stands for 'none yet', and the room with which R stops: "too many ties in knn".
FARTHEST = 0.99 * np.finfo(np.float64).max
MOST = 999


def held(
    scope: Scope, distance: ir.Value, near: ir.Value, within: ir.Value, count: int, size: int
) -> tuple[ir.Value, list[ir.Value]]:
    """bool [N, M]: of the rows that are ``near``, those in the list; of those ``within`` as far as the k-th, some.

    And bool [N, 1], if any: whether R stops for want of room.
    Goes through the rows one by one only where more are near than there is room for, or so many are as far that R may stop.
    """
    b = scope.builder
    room = 2 * count - 1
    if size <= room:
        return near, []
    as_near, as_last = (row_sum(scope, b.cast(some, _DOUBLE), keep=True) for some in (near, within))
    full = b.op("Greater", as_near, b.op("Max", as_last, constant(scope, float(room))), dtype=_BOOL)
    if size >= MOST:
        full = either(scope, full, _crowded(scope, distance, MOST - count + 1, size))
    some = b.op("ReduceSum", b.cast(full, _DOUBLE), b.constant(np.array([0, 1], dtype=np.int64)), keepdims=0)
    go = b.op("Greater", some, constant(scope, 0.5), dtype=_BOOL)
    nothing = b.op("Mul", as_near, constant(scope, 0.0))

    def start(value: float, width: int = 1) -> ir.Value:
        return b.op("Add", nothing, constant(scope, np.full((1, width), value)))

    states = [
        start(FARTHEST, count),
        start(0.0),
        start(float(room)),
        start(-1.0),
        start(FARTHEST),
        start(0.0),
        distance,
    ]
    after = b.loop(size, go, states, lambda g, given: _come(g, given, count))
    scope.claim(after[0], [distance], lambda n: np.zeros(n.result.shape), "")
    _, _, places, moment, border, _, _ = after
    later = b.op("Greater", constant(scope, np.arange(float(size))[None]), moment, dtype=_BOOL)
    counts = either(scope, later, b.op("LessOrEqual", distance, border, dtype=_BOOL))
    _, order = b.top_k(where(scope, counts, distance, constant(scope, np.inf)), size)
    inside = b.cast(b.op("Less", constant(scope, np.arange(float(size))[None]), places, dtype=_BOOL), _DOUBLE)
    empty = b.op("Mul", b.cast(near, _DOUBLE), constant(scope, 0.0))
    listed = b.op("Greater", b.op("ScatterElements", empty, order, inside, axis=1), constant(scope, 0.5), dtype=_BOOL)
    if size < MOST:
        return listed, []
    return listed, [b.op("GreaterOrEqual", places, constant(scope, float(MOST)), dtype=_BOOL)]


def _crowded(scope: Scope, distance: ir.Value, ties: int, size: int) -> ir.Value:
    """bool [N, 1]: whether so many rows are equally far."""
    b = scope.builder
    ascending, _ = b.top_k(distance, size)
    first, other = (
        b.op("Gather", ascending, b.constant(np.arange(start, start + size - ties + 1)), axis=1)
        for start in (0, ties - 1)
    )
    equal = row_sum(scope, b.cast(b.op("Equal", first, other, dtype=_BOOL), _DOUBLE), keep=True)
    return b.op("Greater", equal, constant(scope, 0.5), dtype=_BOOL)


def _come(g: GraphBuilder, given: Sequence[ir.Value], count: int) -> tuple[ir.Value, list[ir.Value]]:
    """One fitted row comes: the k nearest so far, how many are as near, and whether there is one more room.

    States: the k nearest [N, k], how many are as near as the k-th, the room, when it last grew, the k-th then, the number
    of the row that comes [N, 1], and all distances [N, M].
    """
    nearest, as_near, room, moment, border, turn, distance = given

    def number(value: float) -> ir.Value:
        return g.constant(np.asarray(value))

    def at(place: int) -> ir.Value:
        return g.op("Gather", nearest, g.constant(np.array([place], dtype=np.int64)), axis=1)

    own = g.op("GatherElements", distance, g.cast(turn, _INT64), axis=1)
    before = at(count - 1)
    closer = g.op("Less", own, before, dtype=_BOOL)
    if count > 1:
        others = g.op("Gather", nearest, g.constant(np.arange(count - 1)), axis=1)
        first = g.op("Sub", g.op("Mul", own, number(0.0)), number(1.0))
        shifted = g.op("Concat", first, others, axis=1)
        following = g.op("Min", nearest, g.op("Max", shifted, own))
        last = g.op("Min", before, g.op("Max", at(count - 2), own))
    else:
        following = last = g.op("Min", nearest, own)
    fewer = g.op("Less", last, before, dtype=_BOOL)
    counted = g.op("Add", as_near, number(1.0))
    counted = g.op("Where", g.op("LessOrEqual", own, before, dtype=_BOOL), counted, as_near, dtype=_DOUBLE)
    counted = g.op("Where", g.op("And", closer, fewer, dtype=_BOOL), number(float(count)), counted, dtype=_DOUBLE)
    known = g.op("Less", last, number(FARTHEST), dtype=_BOOL)
    grows = g.op("And", known, g.op("Greater", counted, room, dtype=_BOOL), dtype=_BOOL)
    room = g.op("Where", grows, counted, room, dtype=_DOUBLE)
    moment = g.op("Where", grows, turn, moment, dtype=_DOUBLE)
    border = g.op("Where", grows, last, border, dtype=_DOUBLE)
    go = g.op("Less", g.constant(np.asarray(0, dtype=np.int64)), g.constant(np.asarray(1, dtype=np.int64)), dtype=_BOOL)
    next_ = g.op("Add", turn, number(1.0))
    return go, [following, counted, room, moment, border, next_, g.op("Identity", distance)]
