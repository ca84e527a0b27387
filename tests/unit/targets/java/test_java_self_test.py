"""The rows that a library carries for its own self-test."""

import numpy as np

from modelport.bundle.reader import Bundle
from modelport.evidence.vectors import LabelAnswer
from modelport.targets.java.self_test import MAX_ROWS, self_test_rows
from tests.unit.targets.java.handmade import bundle, feature, label


def test_each_status_each_class_and_accepted_missing_values_are_there(penguins: Bundle) -> None:
    vectors = penguins.vectors()
    chosen = vectors.take(self_test_rows(vectors))
    assert set(chosen.status) == set(vectors.status)
    answer, kept = vectors.answers["label"], chosen.answers["label"]
    assert isinstance(answer, LabelAnswer)
    assert isinstance(kept, LabelAnswer)
    assert set(kept.expected) == set(answer.expected)


def test_few_rows_are_all_taken_and_many_are_thinned_out() -> None:
    few = bundle([feature("x")], [label("label", (0, 1))], rows=5).vectors()
    assert self_test_rows(few).tolist() == [0, 1, 2, 3, 4]
    many = bundle([feature("x")], [label("label", (0, 1))], rows=500).vectors()
    rows = self_test_rows(many)
    assert len(rows) == MAX_ROWS
    assert rows[-1] > 400
    assert np.all(np.diff(rows) > 0)
