"""Labels among which the source draws lots."""

import numpy as np

from modelport.evidence.answers import _tied
from modelport.ir.program import Decision


def _accepted(labels: list[int], count: int) -> np.ndarray:
    return np.array(labels)[:, None] == np.arange(count)


def test_equal_greatest_scores_count_all_where_the_source_chose_one_of_them() -> None:
    scores = np.array([[2.0, 2.0, 1.0], [3.0, 2.0, 1.0], [2.0, 1.0, 2.0]])
    found = _tied(scores, _accepted([1, 1, 0], 3), Decision("label", "scores", "argmax", ties="any"))
    # In the second row nothing is equal, and what the source chose stays the only label.
    assert found.tolist() == [[True, True, False], [False] * 3, [True, False, True]]


def test_a_label_outside_the_tie_opens_nothing() -> None:
    found = _tied(np.array([[2.0, 2.0, 1.0]]), _accepted([2], 3), Decision("label", "scores", "argmax", ties="any"))
    assert not found.any()


def test_scores_stand_for_the_classes_that_the_decision_names() -> None:
    decision = Decision("label", "scores", "argmax", classes=(2, 0), ties="any")
    assert _tied(np.array([[1.0, 1.0]]), _accepted([0], 3), decision).tolist() == [[True, False, True]]
