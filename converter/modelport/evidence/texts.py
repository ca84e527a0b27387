"""Makes texts that break tokenizers, and plain ones: from the terms that the model knows and from odd characters.

None is taken from the sample. What a term is decides the text step; here its terms are put together, in capitals, with
accents, between white space and punctuation of every kind, and beside characters on which lower-casing, decomposition
and word borders turn.
"""

from collections.abc import Sequence

import numpy as np

from modelport.ir.contract import Contract
from modelport.ir.text.analyzer import tables_of
from modelport.ir.text.step import TextStep

__all__ = ["ODD_TEXTS", "TextMaker"]

Generator = np.random.Generator

_WORDS = tuple(
    "the and not good bad great movie price 2024 don't e-mail re-use C3PO x y1 it's Straße naïve café ﬁne İstanbul ΟΔΟΣ"
    " ὈΔΥΣΣΕΎΣ σίγμα Ünïcödé ｆｕｌｌ ½ ²x Ⅻ ǅ ŉ 東京 한국어 हिन्दी עִבְרִית العَرَبِيَّة ไทย 𝔘𝔫𝔦 𐐀𐐩 👩‍👩‍👧 a_b __ 10,000.5".split()
)
_SPACES = (
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\x1c",
    "\x85",
    "\u200b",
    "\ufeff",
)
_MARKS = (".", ",", "-", "'", "’", "_", "/", "!", "…", "", "\u00ad", "\u0301", "\u0345", "\u200d")
ODD_TEXTS = (
    *(
        "",
        " ",
        "\n",
        "\t \n",
        "NA",
        "nan",
        "None",
        "a",
        "aa",
        "A",
        "\u0130",
        "\u0131",
        "\xdf",
        "\u1e9e",
        "\u0149",
        "\u01f0",
    ),
    *(
        "\u0390",
        "\ufb00",
        "\ufb03",
        "\ufb06",
        "\u03a3",
        "A\u03a3",
        "A\u03a3A",
        "A\u03a3.",
        "A.\u03a3",
        "1\u03a3",
        "\u03a31",
    ),
    *(
        "A\u0301\u03a3\u0301",
        "\u03a3\u03a3",
        "A\u03a3\u0345",
        "A\u03a3\u02b0",
        "\u02b0\u03a3",
        "A\u200d\u03a3",
        "\u03a3\xadA",
    ),
    *(
        "e\u0301",
        "\xe9",
        "e\u0301\u0327",
        "\u0301",
        "a\u0301b",
        "\u212b",
        "\u212a",
        "\u2126",
        "\u01c6",
        "\u0140",
        "\u2026",
    ),
    *(
        "\xbd",
        "\u2460",
        "\u337f",
        "\ufdfa",
        "\uf900",
        "\ud55c\uae00",
        "\u1112\u1161\u11ab",
        "\u3300",
        "\u2f800",
        "\xb5m",
    ),
    *(
        "\u200b",
        "a\u200bb",
        "\ufeffa",
        "\u2028",
        "a\u2028b",
        "\x1cbb\x1d",
        "\x00",
        "ab\x00cd",
        "\x85ab",
        "\xa0ab\xa0\xa0cd",
    ),
    *("\U0001f44d", "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea", "a\U0001f44db", "\U0001d400\U0001d41a"),
    *("\U00010400\U00010428", "\U0001e900", "\U0010ffff", "\ue000", "\ufffe", "\u0378", "\U0002f800", "\U000e0041"),
    *("don't", "don\u2019t", "e-mail", "a_b", "_", "__", "x_1", "1e5", "\u0967\u0968", "\u0663", "\xb2", "#tag", "@x"),
    *(
        "aa.bb",
        "aa..bb",
        "..",
        "a\tb",
        "a\t\tb",
        "a \tb",
        " aa",
        "aa ",
        "  aa  ",
        "aa\nbb\r\ncc",
        "x" * 300,
        "ab" * 200,
    ),
    *("a b " * 50, "Aa1 " * 300),
)


class TextMaker:
    """Makes texts for one feature of a contract that text steps read."""

    def __init__(self, contract: Contract, feature: str) -> None:
        steps = [step for step in contract.text_steps if step.feature == feature]
        self._terms = [term for step in steps for term in tables_of(step).terms]
        self._stop_words = sorted({word for step in steps for word in tables_of(step).stop_words})
        self._glue = " " if any(step.analyzer == "word" for step in steps) else ""
        self._patterns = [text for step in steps for text in _matching(step)]

    def plain(self) -> str:
        """A text that any model takes."""
        return self._terms[0] if self._terms else "text"

    def landmarks(self, rng: Generator, most_terms: int = 4000) -> tuple[list[str], int]:
        """Every odd text, and the terms of the vocabulary, a hundred a text; how many terms were left out."""
        chosen = [self._terms[i] for i in np.sort(rng.permutation(len(self._terms))[:most_terms])]
        together = [self._glue.join(chosen[start : start + 100]) for start in range(0, len(chosen), 100)]
        odd = [*ODD_TEXTS, *self._patterns, *(text.upper() for text in self._patterns)]
        return [*odd, *together], len(self._terms) - len(chosen)

    def draw(self, rng: Generator) -> str:
        """A text of up to thirty words of all kinds."""
        pieces: list[str] = []
        for _ in range(int(rng.integers(1, 30))):
            pieces += [self._word(rng), _one(rng, _SPACES if rng.random() < 0.8 else _MARKS)]
        return "".join(pieces)

    def _word(self, rng: Generator) -> str:
        kind = rng.random()
        if kind < 0.6 and self._terms:
            word = _one(rng, self._terms)
        elif kind < 0.7 and self._stop_words:
            word = _one(rng, self._stop_words)
        elif kind < 0.95:
            word = _one(rng, _WORDS)
        else:
            word = _random_characters(rng)
        change = rng.random()
        if change < 0.1:
            return word.upper()
        if change < 0.2:
            return word.title()
        if change < 0.25:
            return word[:1] + "\u0301" + word[1:]
        return word


def _matching(step: TextStep) -> list[str]:
    """Texts of the characters that stand in the pattern itself, so that what it asks for is there."""
    if step.pattern is None:
        return []
    letters = [char for char in step.pattern if char not in "\\[](){}?*+|^$"]
    return [step.pattern, "".join(letters), "ab".join(letters), " ".join(f"aa{char}bb{char}12" for char in letters)]


def _random_characters(rng: Generator) -> str:
    """Code points of every plane, surrogates left out; half of them from the first four thousand."""
    codes = [int(rng.integers(0, 0x1000 if rng.random() < 0.5 else 0x110000)) for _ in range(int(rng.integers(1, 8)))]
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def _one(rng: Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(0, len(items)))]
