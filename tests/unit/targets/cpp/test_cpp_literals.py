"""Values as C++ source."""

import pytest

from modelport.targets.cpp.literals import (
    class_literal,
    comment_text,
    double_literal,
    int64_literal,
    string_literal,
    view_literal,
)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ('say "x"\\', '"say \\"x\\"\\\\"'),
        ("line\nbreak\ttab\r", '"line\\nbreak\\ttab\\r"'),
        ("é", '"\\303\\251"'),
        ("\U0001f6001", '"\\360\\237\\230\\2001"'),
        ("??/", '"\\077\\077/"'),
        ("bell\x07", '"bell\\007"'),
        ("", '""'),
    ],
)
def test_strings(text: str, literal: str) -> None:
    assert string_literal(text) == literal
    assert literal.isascii()


def test_a_zero_byte_needs_the_length() -> None:
    assert view_literal("a\0é") == 'std::string_view("a\\000\\303\\251", 4)'
    assert view_literal("a") == '"a"'


def test_numbers_read_back_as_the_same_bits() -> None:
    assert double_literal(0.1 + 0.2) == "0.30000000000000004"
    assert double_literal(1.0) == "1.0"
    assert double_literal(-0.0) == "-0.0"
    assert "infinity" in double_literal(float("-inf"))
    assert "quiet_NaN" in double_literal(float("nan"))
    assert int64_literal(-(2**63)) == "std::numeric_limits<std::int64_t>::min()"
    assert int64_literal(2**63 - 1) == "9223372036854775807"


def test_classes_have_the_sources_type() -> None:
    assert [class_literal(c) for c in (True, 3, -1.5, "x")] == ["true", "3", "-1.5", '"x"']


@pytest.mark.parametrize("text", ["back\\", "line\nbreak", "中", "\u202eabc", "\\u0041", "", " "])
def test_comments_stay_on_their_line(text: str) -> None:
    shown = comment_text(text)
    assert shown.isascii()
    assert shown.isprintable()
    assert not shown.endswith("\\")
    assert comment_text("bill length (mm)") == "bill length (mm)"
