"""The tree over the rows of the fit in which Cubist looks for neighbours: it decides which of many equally near ones count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.trees.cubist_instances import Instances
from modelport.frontends.r.trees.quinlan_names import NOT_APPLICABLE

__all__ = ["Branching", "Order", "scan_order"]

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Branching:
    """One node: rows ``first`` to ``last`` in the order of the scan; the branch of each begins at ``starts``, the last one ends
    with the node. A number parts at ``cut`` (two branches), a discrete value by its code (``cut`` None, from code 1 on)."""

    attribute: int
    cut: np.float32 | None
    first: int
    last: int
    starts: tuple[int, ...]


@dataclass
class Order:
    """``rows``: the rows of the fit in the order in which a scan from left to right meets them; ``levels``: nodes by depth."""

    rows: Ints
    levels: list[list[Branching]] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    first: int
    last: int
    depth: int
    tested: frozenset[int]


def scan_order(
    rows: Instances, attributes: Sequence[int], kinds: Mapping[int, tuple[int, bool]], deviations: Mapping[int, float]
) -> Order:
    """``attributes`` in the order of the names; ``kinds`` of the discrete ones: how many values, and whether they are ordered.

    Every comparison and swap is the source's, in its order. Source: instance.c, BuildIndex.
    """
    order = Order(np.arange(len(rows), dtype=np.int64))
    waiting = [_Part(0, len(rows) - 1, 0, frozenset())]
    while waiting:
        part = waiting.pop()
        if part.last > part.first:
            waiting += _parted(order, part, _Table(rows, attributes, kinds, deviations))
    return order


@dataclass(frozen=True)
class _Table:
    rows: Instances
    attributes: Sequence[int]
    kinds: Mapping[int, tuple[int, bool]]
    deviations: Mapping[int, float]


def _parted(order: Order, part: _Part, table: _Table) -> list[_Part]:
    best, spread, mean = _best(order, part, table)
    if not spread:
        return []
    own = order.rows[part.first : part.last + 1]
    if best in table.kinds:
        starts = _by_value(own, table.rows.codes[best], table.kinds[best][0] + 1)
        cut, tested = None, part.tested | {best}
    else:
        below = table.rows.numbers[best].astype(np.float64) <= mean
        border = _forward(own, below)
        if border in (0, len(own)):
            return []
        starts, cut, tested = [0, border], np.float32(mean), part.tested
    while len(order.levels) <= part.depth:
        order.levels.append([])
    ends = [*starts[1:], len(own)]
    places = tuple(part.first + start for start in starts)
    order.levels[part.depth].append(Branching(best, cut, part.first, part.last, places))
    return [
        _Part(part.first + start, part.first + end - 1, part.depth + 1, tested)
        for start, end in zip(starts, ends, strict=True)
        if end > start
    ]


def _forward(own: Ints, chosen: npt.NDArray[np.bool_], start: int = 0) -> int:
    """Swaps rows that are chosen to the front, one after the other; how many there are, ``start`` before them included."""
    front = start
    for place in range(start, len(own)):
        if chosen[own[place]]:
            own[place], own[front] = own[front], own[place]
            front += 1
    return front


def _by_value(own: Ints, codes: Ints, most: int) -> list[int]:
    starts, front = [], 0
    for code in range(1, most + 1):
        starts.append(front)
        front = _forward(own, codes == code, front)
    return starts


def _best(order: Order, part: _Part, table: _Table) -> tuple[int, float, float]:
    """The attribute whose expected difference is greatest, this difference (0 where none has any), and its mean."""
    best, most, mean_of_best = -1, 0.0, 0.0
    own = order.rows[part.first : part.last + 1]
    for attribute in table.attributes:
        if attribute in part.tested:
            continue
        discrete = table.kinds.get(attribute)
        absent = _forward(own, table.rows.codes[attribute] == NOT_APPLICABLE) if discrete else 0
        cases = len(own) - absent
        if not cases:
            continue
        share = absent / float(len(own))
        mean = 0.0
        if discrete:
            expected = _difference(table.rows.codes[attribute][own[absent:]], *discrete)
        else:
            x = table.rows.numbers[attribute][own].astype(np.float64)
            mean = _sum(x) / cases
            scale = float(np.float32(5) * np.float32(table.deviations[attribute]))
            expected = _sum(np.abs(x - mean) / scale) / cases
        expected = 2 * share * (1 - share) + (1 - share) * (1 - share) * expected
        if expected > most:
            best, most, mean_of_best = attribute, expected, mean
    return best, most, mean_of_best


def _difference(codes: Ints, values: int, ordered: bool) -> float:
    counts = np.bincount(codes, minlength=values + 2)[2:]
    if ordered:
        distance = np.abs(np.arange(values)[:, None] - np.arange(values))
        total = float((counts[:, None] * counts * distance).sum())
    else:
        total = float((counts * (len(codes) - counts)).sum()) * 2.0
    return total / (values * len(codes) * len(codes))


def _sum(values: Doubles) -> float:
    """Added one by one."""
    return float(np.cumsum(values)[-1])
