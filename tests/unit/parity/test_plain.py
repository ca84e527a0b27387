import math

import pytest

from modelport.parity._plain import (
    figure,
    joined,
    language,
    log_text,
    ratio,
    seconds_text,
    shortened,
    ulp_text,
    value_text,
    visible,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (0.012345, "0.012"),
        (12.345, "12"),
        (1234.5, "1,234"),
        (2.220446049250313e-16, "2.2\xa0×\xa010⁻¹⁶"),
        (-3e21, "-3.0\xa0×\xa010²¹"),
        (math.inf, "∞"),
        (math.nan, "NaN"),
    ],
)
def test_figure_has_two_digits(number: float, text: str) -> None:
    assert figure(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (1e-9, "< 0.01"),
        (0.1111, "0.11"),
        (0.99999, "0.99"),
        (1.0, "1.00"),
        (1.0000001, "1.01"),
        (5.0004, "5.01"),
        (math.inf, "∞"),
    ],
)
def test_ratio_never_rounds_onto_the_limit(number: float, text: str) -> None:
    assert ratio(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "missing"),
        (True, "true"),
        (7, "7"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "-0.0"),
        (math.nan, "NaN"),
        (-math.inf, "-infinity"),
        ("", '""'),
        ("\ue000missing", '"\\ue000missing"'),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_values_are_shown_in_full(value: object, text: str) -> None:
    assert value_text(value) == text


def test_ulps_seconds_and_lists() -> None:
    assert [ulp_text(n) for n in (0, 4405, 2**63 - 1)] == ["0", "4,405", "NaN"]
    assert [seconds_text(s) for s in (0, 0.04, 3.21, 59.6, 141.7)] == [
        "not timed",
        "< 0.1 s",
        "3.2 s",
        "60 s",
        "2 min 22 s",
    ]
    assert [joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert shortened("x" * 12, 10) == "xxxxxxxxxx … (2 more characters)"


def test_foreign_text_cannot_hide() -> None:
    assert visible("naïve 漢字 😀") == "naïve 漢字 😀"
    assert visible("a\u200bb\u2028") == r"a\u200bb\u2028"
    assert visible("\U000e0041") == r"\U000e0041"
    assert log_text("\x1b[1;31mred\x1b[0m\r\n\tin\x08\n\n") == "red\n    in"
    assert log_text("\x1b]0;title\x07text\x1b]8;;x\x1b\\link") == "textlink"


def test_languages() -> None:
    assert [language(name) for name in ("python-ort", "java-ort", "cpp-native", "rust-ort")] == [
        "Python",
        "Java",
        "C++",
        "rust-ort",
    ]
    assert language("cpp-native", ["cpp-ort", "cpp-native"]) == "C++ (native)"
