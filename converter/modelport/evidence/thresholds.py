"""Finds the values of a raw feature at which a forest's splits turn, through whatever the graph does before them.

Nothing is assumed about the preprocessing but that it is monotone in the one feature behind a column: the border is
searched by halving over the bits of float64, with the graph itself answering.
"""

import numpy as np
import numpy.typing as npt
import onnx
import onnx_ir as ir
import onnxruntime as ort

from modelport.ir.contract import Contract, Feature
from modelport.ir.program import Program
from modelport.ir.row_check import feeds
from modelport.ir.rows import Column, Rows
from modelport.ir.session import open_session

__all__ = ["split_borders"]

Array = npt.NDArray[np.float64]


def split_borders(program: Program, base: Rows) -> dict[str, Array]:
    """Returns {feature: the last value on the low side of each split}, ascending, for numeric features.

    ``base`` is one row whose other features stay as they are. Columns made of several features or of text have no
    border of their own and are left out.
    """
    borders: dict[str, list[Array]] = {}
    proto = ir.to_proto(program.model)
    numeric = {f.name: f for f in program.contract.features if f.dtype in ("float64", "float32")}
    for forest in program.forests:
        session: ort.InferenceSession | None = None
        origins = (program.origins or {}).get(forest.tensor, ())
        for column, thresholds in forest.thresholds().items():
            feature = numeric.get(origins[column] or "") if column < len(origins) else None
            if feature is None:
                continue
            session = session or open_session(_up_to(proto, forest.tensor).SerializeToString())
            seen = _Probe(session, forest.tensor, column, feature, program.contract, base)
            borders.setdefault(feature.name, []).append(_search(seen, thresholds))
    return {name: np.unique(np.concatenate(found)) for name, found in borders.items()}


class _Probe:
    """Asks the graph what a forest's column is for given values of one raw feature."""

    def __init__(
        self,
        session: ort.InferenceSession,
        tensor: str,
        column: int,
        feature: Feature,
        contract: Contract,
        base: Rows,
    ) -> None:
        self._session, self._tensor, self._column = session, tensor, column
        self.feature, self._contract, self._base = feature, contract, base
        self._inputs = {value.name for value in session.get_inputs()}

    def __call__(self, values: Array) -> Array:
        columns = {
            name: column.take(np.zeros(len(values), dtype=np.int64)) for name, column in self._base.columns.items()
        }
        dtype = columns[self.feature.name].values.dtype
        columns[self.feature.name] = Column(values.astype(dtype), np.ones(len(values), dtype=np.bool_))
        rows = Rows(columns, len(values))
        fed = feeds(rows, self._contract, np.ones(len(values), dtype=np.bool_))
        used = {name: tensor for name, tensor in fed.items() if name in self._inputs}
        result: npt.NDArray[np.generic] = self._session.run([self._tensor], used)[0]
        return result[:, self._column].astype(np.float64)


def _search(probe: _Probe, thresholds: Array) -> Array:
    """The last x with f(x) <= t for increasing f, f(x) > t for decreasing f; borders outside the range are dropped."""
    top = float(np.finfo(np.float32 if probe.feature.dtype == "float32" else np.float64).max) / 4
    ends = probe(np.array([-top, top]))
    increasing = bool(ends[0] <= ends[1])
    low = np.full(len(thresholds), _order(np.array([-top]))[0])
    high = np.full(len(thresholds), _order(np.array([top]))[0])
    inside = (ends.min() <= thresholds) & (thresholds < ends.max())
    low, high, wanted = low[inside], high[inside], thresholds[inside]
    # The distance of two orders may exceed int64; as unsigned numbers it wraps to the right one.
    while len(wanted) and bool((high.view(np.uint64) - low.view(np.uint64) > 1).any()):
        # Halved before added: the sum of two large orders would overflow.
        middle = low // 2 + high // 2 + (low % 2 + high % 2) // 2
        at = probe(_value(middle))
        below = (at <= wanted) if increasing else (at > wanted)
        low = np.where(below, middle, low)
        high = np.where(below, high, np.maximum(middle, low + 1))
    return _value(low)


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
