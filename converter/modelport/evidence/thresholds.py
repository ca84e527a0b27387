"""Finds the values of a raw feature at which a forest's splits turn, through whatever the graph does before them.

Nothing is assumed about the preprocessing but that it is monotone in the one feature behind a column: the border is
searched by halving over the bits of float64, with the graph itself answering.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

from modelport.ir.contract import Contract, Feature
from modelport.ir.graph_proto import small_proto, with_forests
from modelport.ir.program import Program
from modelport.ir.row_check import feeds
from modelport.ir.rows import Column, Rows
from modelport.ir.session import open_session

__all__ = ["Borders", "split_borders"]

Array = npt.NDArray[np.float64]

_CELLS = 20_000_000


@dataclass(frozen=True)
class Borders:
    """By feature: the last value on the low side of each split, ascending; ``left_out`` splits were not looked for."""

    borders: dict[str, Array]
    left_out: int


def split_borders(program: Program, base: Rows, rng: np.random.Generator, budget: int) -> Borders:
    """Searches the borders of all splits of numeric features, at most ``budget`` of each column, drawn by ``rng``.

    ``base`` is one row whose other features stay as they are. Columns made of several features or of text have no
    border of their own and are left out.
    """
    found: dict[str, list[Array]] = {}
    left_out = 0
    proto = small_proto(program.model)
    numeric = {f.name: f for f in program.contract.features if f.dtype in ("float64", "float32")}
    for forest in program.forests:
        origins = (program.origins or {}).get(forest.tensor, ())
        wanted: list[_Split] = []
        for column, thresholds in forest.thresholds().items():
            feature = numeric.get(origins[column] or "") if column < len(origins) else None
            if feature is not None:
                left_out += max(0, len(thresholds) - budget)
                chosen = np.sort(rng.permutation(len(thresholds))[:budget])
                wanted += [_Split(feature, column, float(thresholds[i])) for i in chosen]
        if not wanted:
            continue
        session = open_session(with_forests(_up_to(proto, forest.tensor), program.model))
        step = max(1, _CELLS // max(1, len(program.contract.features)))
        for start in range(0, len(wanted), step):
            part = wanted[start : start + step]
            seen = _Probe(session, forest.tensor, part, program.contract, base)
            for split, border in zip(part, _search(seen, part), strict=True):
                if np.isfinite(border):
                    found.setdefault(split.feature.name, []).append(np.array([border]))
    return Borders({name: np.unique(np.concatenate(values)) for name, values in found.items()}, left_out)


@dataclass(frozen=True)
class _Split:
    feature: Feature
    column: int
    threshold: float


class _Probe:
    """Asks the graph what a forest reads when each row's own feature has a given value."""

    def __init__(
        self, session: ort.InferenceSession, tensor: str, splits: Sequence[_Split], contract: Contract, base: Rows
    ) -> None:
        self._session, self._tensor, self._contract = session, tensor, contract
        self._inputs = {value.name for value in session.get_inputs()}
        self._columns = np.array([split.column for split in splits])
        first = np.zeros(len(splits), dtype=np.int64)
        self._plain = {name: column.take(first) for name, column in base.columns.items()}
        names = np.array([split.feature.name for split in splits])
        self._own = {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}

    def __call__(self, values: Array) -> Array:
        """float64[N] -> float64[N]: row i has values[i] in its own feature."""
        columns = dict(self._plain)
        for name, rows in self._own.items():
            changed = columns[name].values.copy()
            changed[rows] = values[rows]
            columns[name] = Column(changed, np.ones(len(values), dtype=np.bool_))
        fed = feeds(Rows(columns, len(values)), self._contract, np.ones(len(values), dtype=np.bool_))
        used = {name: tensor for name, tensor in fed.items() if name in self._inputs}
        result: npt.NDArray[np.generic] = self._session.run([self._tensor], used)[0]
        own: Array = result[np.arange(len(values)), self._columns].astype(np.float64)
        return own


def _search(probe: _Probe, splits: Sequence[_Split]) -> Array:
    """The last x with f(x) <= t for increasing f, f(x) > t for decreasing f; NaN where f never crosses t."""
    wanted = np.array([split.threshold for split in splits])
    single = np.array([split.feature.dtype == "float32" for split in splits])
    top = np.where(single, float(np.finfo(np.float32).max), float(np.finfo(np.float64).max)) / 4
    at_low, at_high = probe(-top), probe(top)
    increasing = at_low <= at_high
    inside = (np.minimum(at_low, at_high) <= wanted) & (wanted < np.maximum(at_low, at_high))
    low, high = _order(-top), _order(top)
    # The distance of two orders may exceed int64; as unsigned numbers it wraps to the right one.
    while bool((high.view(np.uint64) - low.view(np.uint64) > 1).any()):
        # Halved before added: the sum of two large orders would overflow.
        middle = low // 2 + high // 2 + (low % 2 + high % 2) // 2
        seen, at = middle, probe(_value(middle))
        if np.isnan(at).any():
            seen, at = _beside(probe, middle, high, at)
        below = np.where(increasing, at <= wanted, at > wanted)
        low = np.where(below, seen, low)
        # Between the middle and what was seen in its place, nothing is below: those values are missing.
        high = np.where(below, high, np.maximum(middle, low + 1))
    return np.where(inside, _value(low), np.nan)


def _beside(
    probe: _Probe, middle: npt.NDArray[np.int64], high: npt.NDArray[np.int64], at: Array
) -> tuple[npt.NDArray[np.int64], Array]:
    """Moves each place that gives NaN up to the first one that gives a number, or to the last one below ``high``.

    A step may take some values for missing, such as all that are nearly 0: they say nothing of the side of a border.
    """
    hole = np.isnan(at)
    # The end of the values that are missing lies between the two: halving finds it.
    last, first = middle, np.where(hole, np.maximum(high - 1, middle), middle)
    while (apart := first.view(np.uint64) - last.view(np.uint64) > 1).any():
        between = last // 2 + first // 2 + (last % 2 + first % 2) // 2
        missing = np.isnan(probe(_value(between)))
        last, first = np.where(apart & missing, between, last), np.where(apart & ~missing, between, first)
    return first, probe(_value(first))


def _order(values: Array) -> npt.NDArray[np.int64]:
    """Maps doubles to integers in the same order."""
    bits = values.astype(np.float64).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _value(orders: npt.NDArray[np.int64]) -> Array:
    """The inverse of ``_order``."""
    bits = np.where(orders < 0, np.int64(-(2**63)) - orders, orders)
    return bits.view(np.float64)


def _up_to(model: onnx.ModelProto, tensor: str) -> onnx.ModelProto:
    """The part of a model that computes one tensor."""
    cut = onnx.ModelProto()
    cut.CopyFrom(model)
    needed = {tensor}
    kept: list[onnx.NodeProto] = []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    del cut.graph.node[:]
    cut.graph.node.extend(reversed(kept))
    for field in (cut.graph.input, cut.graph.initializer):
        stay = [item for item in field if item.name in needed]
        del field[:]
        field.extend(stay)
    del cut.graph.output[:]
    cut.graph.output.append(onnx.ValueInfoProto(name=tensor))
    return cut
