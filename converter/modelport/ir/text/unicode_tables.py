"""What Python itself does to every code point, as tables: the other runtimes have none of their own.

Nothing is copied from the Unicode database: str.lower, unicodedata and re are asked, so the tables are those of the
Python that the original ran in.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from modelport.ir.text.step import CodeMap

__all__ = ["ascii_fold", "lower_map", "ranges_of", "sigma_sets", "unicode_fold", "unicode_version", "white_space"]

_SIGMA, _FINAL_SIGMA = 0x3A3, 0x3C2


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
    after_letter, after_digit = _final_after("A"), _final_after("1")
    return _ranges(after_digit), _ranges(after_letter & ~after_digit)


@cache
def white_space() -> tuple[int, ...]:
    r"""What \s, str.split and str.isspace take; the three agree (tests/unit/ir/text)."""
    return ranges_of(r"\s")


@cache
def _everything() -> str:
    return "".join(map(chr, range(0x110000)))


def _final_after(before: str) -> npt.NDArray[np.bool_]:
    """By code point: whether a sigma behind it, and ``before`` before it, is final. One call of lower() tells all."""
    longer = [ord(char) for char in map(chr, lower_map().keys) if len(char.lower()) > 1]
    trials = np.empty((0x110000, 4), dtype="<u4")
    trials[:, 0], trials[:, 2], trials[:, 3] = ord(before), _SIGMA, ord("1")
    # The digit between two trials is neither cased nor ignorable.
    trials[:, 1] = np.arange(0x110000)
    trials[longer, 1] = ord("1")
    lowered = trials.tobytes().decode("utf-32-le", "surrogatepass").lower()
    codes = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), dtype="<u4").reshape(-1, 4)
    found = np.equal(codes[:, 2], _FINAL_SIGMA)
    for code in longer:
        found[code] = f"{before}{chr(code)}\u03a3".lower().endswith("\u03c2")
    return np.asarray(found, dtype=np.bool_)


def _ranges(members: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], members, [False]])))
    return tuple(int(edge) - index % 2 for index, edge in enumerate(edges))


def _code_map(pairs: Iterable[tuple[int, str]]) -> CodeMap:
    kept = [(code, text) for code, text in pairs if text != chr(code)]
    return CodeMap(tuple(code for code, _ in kept), tuple(text for _, text in kept))
