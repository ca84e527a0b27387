import numpy as np
import pytest

from modelport.frontends.r.models._factor_codes import coded_columns, whole_numbers


@pytest.mark.parametrize(
    ("texts", "found"),
    [(("0", "1"), [0, 1]), (("4.0", "8", "6"), [4, 6, 8]), (("1",), None), (("0.5", "1"), None), (("a", "1"), None)],
)
def test_few_whole_numbers_may_be_names_of_levels(texts: tuple[str, ...], found: list[int] | None) -> None:
    assert whole_numbers(texts) == found


def test_a_threshold_that_only_the_places_of_the_values_reach_is_of_a_factor() -> None:
    texts = {
        "chas": ("0", "1"),
        "flag": ("0", "1"),
        "cyl": ("4", "6", "8"),
        "places": ("1", "2", "3"),
        "age": ("3", "9", "5"),
    }
    splits = {
        "chas": np.array([1.5]),
        "flag": np.array([0.5]),
        "cyl": np.array([1.5, 2.5]),
        "places": np.array([1.5, 2.5]),
        "age": np.array([4.0, 8.5, 9.5]),
    }
    assert coded_columns(texts, splits, []) == ["chas", "cyl"]


def test_a_column_split_by_sets_holds_places_or_names() -> None:
    texts = {"good": ("2", "1", "3"), "bad": ("1", "3"), "continuous": ("0.5", "2")}
    assert coded_columns(texts, {}, ["good", "bad", "continuous"]) == ["bad"]
