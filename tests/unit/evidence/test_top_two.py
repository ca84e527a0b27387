"""Rows whose best two scores lie within the rounding of each other are named; others are not."""

import numpy as np

from modelport.evidence.cases import Case, TensorAnswer
from modelport.evidence.top_two import unsettled_rows
from modelport.ir.contract import Bound, Contract, Output

OPEN = Bound(kind="exact", reason="")


def notes(name: str, *rows: list[float], bound: float = 1e-6) -> list[str]:
    expected = np.array(rows, dtype=np.float32)
    output = Output(name=name, role="number", dtype="float32", bound=OPEN, shape=("batch", expected.shape[1]))
    contract = Contract(task="net", layout="tensors", inputs=(), features=(), axes=(), outputs=(output,), notes=())
    answer = TensorAnswer(expected, np.full(expected.shape, bound))
    return unsettled_rows(contract, [Case("zeros", "probe", {}, {name: answer})])


def test_a_close_row_is_named_by_its_call_and_place() -> None:
    (note,) = notes("y", [0.2, 0.8, 0.0], [0.5, 0.5 - 1e-6, 1e-6])
    assert "1 row(s)" in note
    assert "zeros [1]" in note


def test_clear_rows_need_no_note() -> None:
    assert not notes("y", [0.2, 0.8], [0.4, 0.6])


def test_numbers_that_are_no_scores_need_no_note() -> None:
    assert not notes("y", [3.0, 3.0], [0.5, 0.5])


def test_logits_need_not_sum_to_one() -> None:
    assert notes("logits", [3.0, 3.0, -1.0], [0.5, 0.1, 0.2])
    assert notes("head_logits", [3.0, 3.0, -1.0], [0.5, 0.1, 0.2])


def test_exact_scores_are_settled() -> None:
    assert not notes("logits", [3.0, 3.0], [0.5, 0.1], bound=0.0)


def test_many_rows_are_counted_and_the_first_named() -> None:
    (note,) = notes("y", *[[0.5, 0.5]] * 9)
    assert "9 row(s)" in note
    assert note.count("zeros [") == 5
