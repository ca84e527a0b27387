"""Ties among the nearest: what may stand at an undefined place is one of a few rows, and surely taken rows are exact."""

import numpy as np
import onnx_ir as ir
import pytest

from modelport.evidence.deviation import deviations
from modelport.evidence.deviation_neighbors import open_places
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import run_all

INT64 = ir.DataType.INT64


def votes(distances: np.ndarray, classes: list[int], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the classes of the ``count`` nearest, and their deviation."""
    b = GraphBuilder()
    value = b.input("d", ir.DataType.DOUBLE, distances.shape[1])
    _, places = b.top_k(value, count)
    member = b.op("Gather", b.constant(np.eye(3, dtype=np.int64)[classes]), places, axis=0)
    b.output(b.op("ReduceSum", member, b.constant(np.array([1])), dtype=INT64, keepdims=0), "votes")
    model = ir.to_proto(b.build("test"))
    tensors = run_all(model, {"d": distances})
    found, _ = deviations(model, tensors)
    return tensors["votes"], found.get("votes", np.zeros(tensors["votes"].shape))


def test_distinct_distances_are_exact() -> None:
    counted, deviation = votes(np.array([[3.0, 1.0, 2.0, 4.0]]), [0, 1, 1, 2], 3)
    assert counted.tolist() == [[1, 2, 0]]
    assert not deviation.any()


def test_a_tie_inside_is_exact() -> None:
    _, deviation = votes(np.array([[1.0, 1.0, 1.0, 4.0]]), [0, 1, 1, 2], 3)
    assert not deviation.any()


def test_a_tie_at_the_end_leaves_the_classes_of_those_that_tie() -> None:
    counted, deviation = votes(np.array([[1.0, 2.0, 2.0, 9.0]]), [0, 1, 2, 2], 2)
    assert counted.tolist() == [[1, 1, 0]]
    assert deviation.tolist() == [[0, 1, 1]]


def test_a_tie_of_one_class_is_exact() -> None:
    _, deviation = votes(np.array([[1.0, 2.0, 2.0, 9.0]]), [0, 1, 1, 2], 2)
    assert not deviation.any()


@pytest.mark.parametrize("largest", [False, True])
def test_a_value_keeps_its_place_within_reach(largest: bool) -> None:
    b = GraphBuilder()
    value = b.input("x", ir.DataType.DOUBLE, 4)
    # exp deviates by a few ULP, far ones by more than near ones.
    spread = b.op("Exp", value)
    top, _ = b.top_k(spread, 2, largest=largest)
    b.output(top, "out")
    model = ir.to_proto(b.build("test"))
    tensors = run_all(model, {"x": np.array([[0.5, 1.0, 20.0, 30.0]])})
    found, _ = deviations(model, tensors)
    assert (found["out"] <= 1e-14 * tensors["out"]).all()
    assert (found["out"] > 0).all()


def test_an_infinity_that_may_be_a_number_is_undefined() -> None:
    b = GraphBuilder()
    value = b.input("x", ir.DataType.DOUBLE, 2)
    dot = b.op("MatMul", value, b.constant(np.array([[1.0], [-1.0]])))
    infinite = b.op("IsInf", b.op("Div", b.constant(np.asarray(1.0)), dot), dtype=ir.DataType.BOOL)
    b.output(b.cast(infinite, ir.DataType.DOUBLE), "out")
    model = ir.to_proto(b.build("test"))
    tensors = run_all(model, {"x": np.array([[0.3, 0.3], [2.0, 1.0]])})
    found, _ = deviations(model, tensors)
    assert found["out"][0] > 0 and found["out"][1] == 0


def test_a_value_may_stand_at_any_row_that_ties() -> None:
    b = GraphBuilder()
    value = b.input("d", ir.DataType.DOUBLE, 4)
    top, places = b.top_k(value, 2)
    nothing = b.op("Mul", value, b.constant(np.asarray(0.0)))
    b.output(b.op("ScatterElements", nothing, places, top, axis=1, reduction="add"), "out")
    model = ir.to_proto(b.build("test"))
    tensors = run_all(model, {"d": np.array([[1.0, 2.0, 2.0, 9.0], [1.0, 2.0, 3.0, 9.0]])})
    found, _ = deviations(model, tensors)
    assert tensors["out"].tolist() == [[1, 2, 0, 0], [1, 2, 0, 0]]
    assert found["out"].tolist() == [[0, 2, 2, 0], [0, 0, 0, 0]]


def test_a_settled_tie_is_open_only_where_distances_deviate() -> None:
    x = np.array([[1.0, 2.0, 2.0, 9.0], [1.0, 2.0, 2.0, 9.0]])
    d = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 1e-9, 0.0, 0.0]])
    places, rows = open_places(x, d, 2, settled=True)
    assert places.tolist() == [[0, 0], [0, np.inf]]
    assert rows.tolist() == [[False] * 4, [False, True, True, False]]
    assert open_places(x, d, 2)[0].tolist() == [[0, np.inf], [0, np.inf]]
