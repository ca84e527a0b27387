"""What the compiler of formulas makes of R's functions, against what R 4.2 gives; the numbers were read from R."""

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.values import Vector
from tests.unit.frontends.r.terms._expressions import Columns, expression, value_of

NAN = np.nan
X = Columns(x=[-1.5, -0.0, 0.0, 2.0, 7.25, NAN])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x ** 2", [2.25, 0.0, 0.0, 4.0, 52.5625, NAN]),
        ("x ** 3", [-3.375, 0.0, 0.0, 8.0, 381.078125, NAN]),
        ("x ** -1", [-1 / 1.5, np.inf, np.inf, 0.5, 1 / 7.25, NAN]),
        ("x ** 0", [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        ("x ** 0.5", [NAN, 0.0, 0.0, 2**0.5, 7.25**0.5, NAN]),
        ("x % 2", [0.5, 0.0, 0.0, 0.0, 1.25, NAN]),
        ("x // 2", [-1.0, 0.0, 0.0, 1.0, 3.0, NAN]),
        ("x % -2", [-1.5, 0.0, 0.0, 0.0, -0.75, NAN]),
        ("round(x)", [-2.0, 0.0, 0.0, 2.0, 7.0, NAN]),
        ("trunc(x)", [-1.0, 0.0, 0.0, 2.0, 7.0, NAN]),
        ("as.integer(x)", [-1.0, 0.0, 0.0, 2.0, 7.0, NAN]),
        ("sign(x)", [-1.0, 0.0, 0.0, 1.0, 1.0, NAN]),
        ("pmin(x, 2)", [-1.5, 0.0, 0.0, 2.0, 2.0, NAN]),
        ("pmax(x, 0)", [0.0, 0.0, 0.0, 2.0, 7.25, NAN]),
        ("ifelse(x > 0, x, -x)", [1.5, 0.0, 0.0, 2.0, 7.25, NAN]),
        ("pmax(x, 0, na.rm=True)", [0.0, 0.0, 0.0, 2.0, 7.25, 0.0]),
        ("is.na(x)", [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        ("x > 0", [0.0, 0.0, 0.0, 1.0, 1.0, NAN]),
        ("(x > 0) & (x < 5)", [0.0, 0.0, 0.0, 1.0, 0.0, NAN]),
        ("~(x > 0)", [1.0, 1.0, 1.0, 0.0, 0.0, NAN]),
        ("x @ c(2, 7.25)", [0.0, 0.0, 0.0, 1.0, 1.0, 0.0]),
        ("findInterval(x, c(0, 2, 5))", [0.0, 1.0, 1.0, 2.0, 3.0, NAN]),
        ("-x + x * 2 / 4 - 1", [-0.25, -1.0, -1.0, -2.0, -4.625, NAN]),
    ],
)
def test_numbers(source: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(value_of(source, X), expected)


def test_what_na_does_not_decide_stays() -> None:
    rows = Columns(a=[False, True, None], b=[NAN, NAN, 1.0])
    np.testing.assert_array_equal(value_of("a & (b > 0)", rows), [0.0, NAN, NAN])
    np.testing.assert_array_equal(value_of("a | (b > 0)", rows), [NAN, 1.0, 1.0])


def test_a_remainder_below_all_doubles_leaves_the_divisor() -> None:
    tiny = Columns(x=[-1e-323, -1e-30, 1e-323])
    np.testing.assert_array_equal(value_of("x % 50", tiny), [50.0, 0.0, 1e-323])
    np.testing.assert_array_equal(value_of("x // 50", tiny), [-1.0, -1.0, 0.0])


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("cut(x, c(0, 100, Inf))", ("(0,100]", "(100,Inf]")),
        ("cut(x, c(-Inf, 0, Inf))", ("(-Inf,0]", "(0, Inf]")),
        ("cut(x, c(-Inf, 0, Inf), right=False)", ("[-Inf,0)", "[0, Inf)")),
        ("cut(x, c(-Inf, 0.5, 100))", ("(-Inf,0.5]", "(0.5,100]")),
        ("cut(x, c(0, 1000 / 3, 2000 / 3))", ("(0,333]", "(333,667]")),
        ("cut(x, c(0, 100, 100000))", ("(0,100]", "(100,1e+05]")),
        ("cut(x, c(1.001, 1.002, 1.003))", ("(1.001,1.002]", "(1.002,1.003]")),
    ],
)
def test_the_labels_of_cut(source: str, levels: tuple[str, ...]) -> None:
    found = Compiler(X.scope()).compile(expression(source))
    assert isinstance(found, Vector)
    assert found.levels == levels


def test_the_interval_of_cut() -> None:
    rows = Columns(x=[0.0, 0.1, 100.0, 100.5, np.inf, NAN])
    expected = [None, "(0,100]", "(0,100]", "(100,Inf]", "(100,Inf]", None]
    assert value_of("cut(x, c(0, 100, Inf))", rows).tolist() == expected
    sides = ["[0,100)", "[0,100)", "[100,Inf]", "[100,Inf]", "[100,Inf]", None]
    rows = Columns(x=[0.0, 0.1, 100.0, 100.5, np.inf, NAN])
    assert value_of("cut(x, c(0, 100, Inf), include.lowest=True, right=False)", rows).tolist() == sides


def test_a_factor_is_compared_by_its_texts() -> None:
    rows = Columns({"f": ("4", "6", "8")}, f=["4", "8", None, "never"])
    np.testing.assert_array_equal(value_of("f == 4", rows)[:3], [1.0, 0.0, NAN])
    np.testing.assert_array_equal(value_of("f @ c('4', '6')", rows), [1.0, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(value_of("as.numeric(f)", rows), [1.0, 3.0, NAN, NAN])


def test_poly_of_two_columns_has_the_products_of_their_powers() -> None:
    rows = Columns(x=[1.0, 2.0, NAN], y=[3.0, 5.0, 7.0])
    found = value_of("poly(x, y, degree=2, raw=True)", rows)
    np.testing.assert_array_equal(found[:2], [[1, 1, 3, 3, 9], [2, 4, 5, 10, 25]])
    assert np.isnan(found[2]).all()


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(UnsupportedModelError, match=r"rank\(\)"):
        value_of("rank(x)", X)


def test_sequences() -> None:
    np.testing.assert_array_equal(value_of("seq(0, 1, 0.25)", X), [0.0, 0.25, 0.5, 0.75, 1.0])
    np.testing.assert_array_equal(value_of("seq(50, 350, length.out=4)", X), [50.0, 150.0, 250.0, 350.0])
