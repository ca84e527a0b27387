"""What Python itself does to every code point, as tables: the other runtimes have none of their own.

Nothing is copied from the Unicode database: str.lower, unicodedata and re are asked, so the tables are those of the
Python that the original ran in.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from modelport.ir.text.step import CodeMap

__all__ = ["ascii_fold", "lower_map", "ranges_of", "sigma_sets", "unicode_fold", "unicode_version", "white_space"]


def unicode_version() -> str:
    """The version of Python's Unicode tables."""
    return unicodedata.unidata_version


@cache
def ranges_of(pattern: str, flags: int = 0) -> tuple[int, ...]:
    """The code points that a pattern of one character takes, as first, last, first, last, …."""
    found: list[int] = []
    for run in re.finditer(f"(?:{pattern})+", _everything(), flags):
        found += [run.start(), run.end() - 1]
    return tuple(found)


@cache
def lower_map() -> CodeMap:
    """str.lower of each code point alone; the capital sigma at the end of a word is not in it."""
    return _code_map((code, char.lower()) for code, char in enumerate(_everything()) if char.lower() != char)


@cache
def unicode_fold() -> CodeMap:
    """NFKD without combining marks. Their order does not matter, since all of them go."""

    def folded(char: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))

    return _code_map((code, folded(char)) for code, char in enumerate(_everything()) if code > 127)


@cache
def ascii_fold() -> CodeMap:
    """NFKD without anything beyond ASCII; what is not in it and lies beyond ASCII is dropped."""

    def folded(char: str) -> str:
        return unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode("ascii")

    pairs = ((code, folded(char)) for code, char in enumerate(_everything()) if code > 127)
    return _code_map((code, text) for code, text in pairs if text)


@cache
def sigma_sets() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The cased code points that are not case-ignorable, and the case-ignorable ones.

    A capital sigma is final after cased ignorable*, not before ignorable* cased. So 'A?Σ' ends in a final sigma
    when ? is ignorable or cased, and '1?Σ' when it is cased and not ignorable.
    """
    after_letter = _final_after("A")
    after_digit = _final_after("1")
    ignorable = (code for code, final in enumerate(after_letter) if final and not after_digit[code])
    return _ranges(code for code, final in enumerate(after_digit) if final), _ranges(ignorable)


@cache
def white_space() -> tuple[int, ...]:
    r"""What \s, str.split and str.isspace take; the three agree (tests/unit/ir/text)."""
    return ranges_of(r"\s")


@cache
def _everything() -> str:
    return "".join(map(chr, range(0x110000)))


def _final_after(before: str) -> list[bool]:
    # One call of lower() for all: the digit between two trials is neither cased nor ignorable.
    text = "".join(f"{before}{char}\u03a31" for char in _everything() if char != "\u03a3")
    lowered = iter(text.lower())
    result: list[bool] = []
    for code in range(0x110000):
        if code == 0x3A3:
            # The sigma itself is cased.
            result.append(True)
            continue
        next(lowered)
        for _ in range(len(chr(code).lower())):
            next(lowered)
        result.append(next(lowered) == "\u03c2")
        next(lowered)
    return result


def _ranges(codes: Iterable[int]) -> tuple[int, ...]:
    found: list[int] = []
    for code in codes:
        if found and code == found[-1] + 1:
            found[-1] = code
        else:
            found += [code, code]
    return tuple(found)


def _code_map(pairs: Iterable[tuple[int, str]]) -> CodeMap:
    kept = [(code, text) for code, text in pairs if text != chr(code)]
    return CodeMap(tuple(code for code, _ in kept), tuple(text for _, text in kept))
