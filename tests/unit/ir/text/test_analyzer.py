"""Terms and counts: by Python's own functions and by the step's tables alike."""

import re
import unicodedata

import pytest

from modelport.ir.text.analyzer import Analyzer
from modelport.ir.text.murmur import murmur3
from modelport.ir.text.pattern import compile_pattern
from modelport.ir.text.step import TextStep, TextTables
from modelport.ir.text.unicode_tables import (
    HERE,
    ascii_fold,
    lower_map,
    sigma_sets,
    unicode_fold,
    white_space,
)
from tests.unit.ir.text.fuzz import random_texts


def make_step(
    analyzer: str = "word",
    ngrams: tuple[int, int] = (1, 1),
    accents: str = "keep",
    lowercase: bool = True,
    pattern: str = r"(?u)\b\w\w+\b",
    stop_words: tuple[str, ...] = (),
    terms: tuple[str, ...] = (),
    counting: str = "hash",
) -> TextStep:
    """A step with all tables, whether its options ask for them or not."""
    fold = ascii_fold() if accents == "ascii" else unicode_fold()
    cased, ignorable = sigma_sets()
    tables = TextTables(terms, stop_words, lower_map(), fold, cased, ignorable, white_space(), compile_pattern(pattern))
    return TextStep(
        feature="text",
        ids="ids",
        counts="counts",
        width=max(1, len(terms)) if counting == "vocabulary" else 1024,
        analyzer=analyzer,
        ngrams=ngrams,
        lowercase=lowercase,
        accents=accents,
        pattern=pattern,
        counting=counting,
        binary=False,
        unicode=HERE.version,
        tables=tables,
    )


OPTIONS = [
    {"analyzer": analyzer, "ngrams": ngrams, "accents": accents, "lowercase": lowercase}
    for analyzer, ngrams in [
        ("word", (1, 1)),
        ("word", (1, 3)),
        ("word", (2, 2)),
        ("char", (1, 3)),
        ("char_wb", (2, 5)),
    ]
    for accents in ("keep", "unicode", "ascii")
    for lowercase in (True, False)
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_tables_say_what_python_says(options: dict[str, object]) -> None:
    step = make_step(**options, stop_words=("ab", "aa"))
    native, tabled = Analyzer(step), Analyzer(step, own_tables=True)
    for text in random_texts(2, 150):
        assert native.terms(text) == tabled.terms(text), text


def test_every_code_point_is_lowered_and_folded_as_python_does() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    for accents in ("keep", "unicode", "ascii"):
        step = make_step("char", accents=accents)
        native, tabled = Analyzer(step), Analyzer(step, own_tables=True)
        for start in range(0, len(every), 50_000):
            text = "1".join(every[start : start + 50_000])
            assert native.terms(text) == tabled.terms(text)


@pytest.mark.parametrize("seed", range(4))
def test_small_sigmas(seed: int) -> None:
    step = make_step("char")
    tabled = Analyzer(step, own_tables=True)
    for text in random_texts(seed + 10, 100):
        for sigma in (text.replace("a", "\u03a3"), "\u03a3".join(text), text + "\u03a3"):
            assert tabled.terms(sigma) == Analyzer(step).terms(sigma)


def test_white_space_is_the_same_for_re_and_str() -> None:
    every = [chr(code) for code in range(0x110000)]
    assert [c for c in every if c.isspace()] == re.findall(r"\s", "".join(every)) == [c for c in every if not c.split()]


def test_lower_case_of_a_code_point_does_not_depend_on_its_neighbours() -> None:
    every = [chr(code) for code in range(0x110000) if code != 0x3A3]
    assert "".join(every).lower() == "".join(c.lower() for c in every)
    assert unicodedata.normalize("NFKD", "\u03a3") == "\u03a3"


def test_counts_by_vocabulary() -> None:
    step = make_step(terms=("cat", "the cat", "mat"), counting="vocabulary", ngrams=(1, 2))
    assert Analyzer(step).counts("The cat, the CAT and a dog") == {1: 2, 0: 2}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 0), (b"a", 1009084850), (b"ab", -1681926305), (b"abc", -1277324294), (b"hello", 613153351)],
)
def test_murmur3(data: bytes, expected: int) -> None:
    assert murmur3(data) == expected
