"""as.character() of numbers, as R 4.2 writes them, and the numbers that are written alike."""

import numpy as np
import pytest

from modelport.frontends.r.terms.convert_types import as_number, level_text
from tests.unit.frontends.r.terms._expressions import Columns, value_of


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (4.0, "4"),
        (0.1, "0.1"),
        (100000.0, "1e+05"),
        (123456.0, "123456"),
        (1e15, "1e+15"),
        (0.0001, "1e-04"),
        (0.00012, "0.00012"),
        (1 / 3, "0.333333333333333"),
        (-2.5, "-2.5"),
        (np.inf, "Inf"),
        (np.nan, "NA"),
        (2.9999999999999996, "3"),
    ],
)
def test_text(number: float, text: str) -> None:
    assert level_text(number) == text


def test_a_level_as_the_number_it_was_written_from() -> None:
    assert [as_number(text) for text in ("4", "1e+05", "-Inf")] == [4.0, 1e5, -np.inf]


def test_numbers_next_to_a_level_are_that_level() -> None:
    rows = Columns(x=[3.0, 2.9999999999999996, 3.0000000000000004, 3.1, np.nan])
    found = value_of("factor(x, levels=c(3, 4))", rows)
    assert found.tolist() == ["3", "3", "3", None, None]
