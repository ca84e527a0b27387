"""Which rows caret's list of nearest rows ends with, against a list that is kept as its C code keeps it."""

import numpy as np
import onnx_ir as ir
import pytest

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._knn_list import FARTHEST, held
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

NEAR = 1 + 1e-4


def listed(distances: np.ndarray, count: int) -> set[int]:  # type: ignore[type-arg]
    """A sorted list with room for ``count``, which grows by one whenever all in it are as near as the k-th."""
    away, place, room = [FARTHEST] * (count + 1), [-1] * (count + 1), count
    for row, own in enumerate(distances.tolist()):
        if own <= away[count - 1] * NEAR:
            at = next((k for k in range(room + 1) if own < away[k]), None)
            if at is not None:
                away.insert(at, own)
                place.insert(at, row)
                if away[room] <= away[count - 1]:
                    room += 1
        del away[room:], place[room:]
        away.append(FARTHEST)
        place.append(-1)
    last = away[count - 1] * NEAR
    return {row for row, own in zip(place[:room], away[:room], strict=True) if own <= last}


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("size", [9, 24])
def test_the_list(count: int, size: int) -> None:
    rng = np.random.default_rng(count)
    kinds = rng.integers(1, 4, size=(400, size)) * (1 + rng.choice([0, 0, 0, 1, 2, 3], size=(400, size)) * 2e-5)
    b = GraphBuilder()
    distance = b.input("distance", ir.DataType.DOUBLE, size)
    nearest, _ = b.top_k(distance, count)
    last = b.op("Gather", nearest, b.constant(np.array([count - 1])), axis=1)
    within = b.op("LessOrEqual", distance, last, dtype=ir.DataType.BOOL)
    border = b.op("Mul", last, b.constant(np.asarray(NEAR)))
    near = b.op("LessOrEqual", distance, border, dtype=ir.DataType.BOOL)
    inside, _ = held(Scope(b, {}, {}), distance, near, within, count, size)
    taken = b.op("And", near, b.op("Or", inside, within, dtype=ir.DataType.BOOL), dtype=ir.DataType.BOOL)
    b.output(b.cast(taken, ir.DataType.DOUBLE), "taken")
    session = open_session(to_proto(b.build("m")).SerializeToString())
    found = run(session, {"distance": kinds}, ["taken"])["taken"]
    for row, own in zip(found, kinds, strict=True):
        assert set(np.flatnonzero(row).tolist()) == listed(own, count)
