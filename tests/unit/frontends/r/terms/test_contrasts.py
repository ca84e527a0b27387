"""Contrasts by name, as R's own functions print them."""

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError
from modelport.frontends.r.serialize import RStrings
from modelport.frontends.r.terms.contrasts import contrast_columns, dummies

LEVELS = ("a", "b", "c", "d")


def table(name: str) -> np.ndarray:  # type: ignore[type-arg]
    return contrast_columns(RStrings([name]), LEVELS, ordered=False, variable="f").table


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("contr.treatment", [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("contr.SAS", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]),
        ("contr.sum", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]]),
        ("contr.helmert", [[-1, -1, -1], [1, -1, -1], [0, 2, -1], [0, 0, 3]]),
    ],
)
def test_by_name(name: str, rows: list[list[float]]) -> None:
    np.testing.assert_array_equal(table(name), rows)


def test_polynomials_are_orthonormal_and_rise() -> None:
    found = table("contr.poly")
    np.testing.assert_allclose(found.T @ found, np.eye(3), atol=1e-15)
    np.testing.assert_allclose(found[:, 0], np.array([-3, -1, 1, 3]) / np.sqrt(20), rtol=1e-15)
    np.testing.assert_allclose(found[:, 1], [0.5, -0.5, -0.5, 0.5], rtol=1e-15)
    np.testing.assert_allclose(found[:, 2], np.array([-1, 3, -3, 1]) / np.sqrt(20), rtol=1e-15)


def test_the_names_of_the_columns() -> None:
    def names(name: str) -> tuple[str, ...]:
        return contrast_columns(RStrings([name]), LEVELS, ordered=False, variable="f").names

    assert names("contr.treatment") == ("b", "c", "d")
    assert names("contr.sum") == ("1", "2", "3")
    assert names("contr.poly") == (".L", ".Q", ".C")
    assert dummies(LEVELS).names == LEVELS


def test_ordered_factors_have_polynomials_where_nothing_is_stored() -> None:
    assert contrast_columns(None, LEVELS, ordered=True, variable="f").names == (".L", ".Q", ".C")
    assert contrast_columns(None, LEVELS, ordered=False, variable="f").names == ("b", "c", "d")


def test_a_function_of_the_users_own_is_named() -> None:
    with pytest.raises(UnsupportedModelError, match=r"contr\.mine"):
        table("contr.mine")
