"""Text in Java source: literals and javadoc."""

import pytest

from modelport.targets.java.literals import java_string, javadoc_text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nbreak\r\t", '"line\\nbreak\\r\\t"'),
        ("nul\x00end\x7f", '"nul\\000end\\177"'),
        ("größe", '"gr\\u00f6\\u00dfe"'),
        ("\U0001f600", '"\\ud83d\\ude00"'),
        ("/* comment */", '"/* comment *\\057"'),
        ("", '""'),
    ],
)
def test_literals_are_ascii_and_safe(text: str, literal: str) -> None:
    assert java_string(text) == literal


@pytest.mark.parametrize(
    ("text", "doc"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("*/ end", "&#42;/ end"),
        ("\\u0041 {@code}", "&#92;u0041 &#123;&#64;code&#125;"),
        ("line\nbreak", "line break"),
        ("größe", "gr&#246;&#223;e"),
    ],
)
def test_javadoc_text_holds_no_tag_and_no_end(text: str, doc: str) -> None:
    assert javadoc_text(text) == doc
