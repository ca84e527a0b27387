"""What a Python does to every code point, as tables: the other runtimes have none of their own.

Nothing is copied from the Unicode database: str.lower, unicodedata and re are asked, so the tables are those of the
Python that the original runs in, this one or another.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from modelport.ir.text.step import CodeMap

__all__ = ["HERE", "Alphabet", "ascii_fold", "lower_map", "ranges_of", "sigma_sets", "unicode_fold", "white_space"]

_SIGMA, _FINAL_SIGMA = 0x3A3, 0x3C2


@dataclass(frozen=True, eq=False)
class Alphabet:
    """How a Python treats characters.

    ``lower`` and ``nfkd`` change each of some texts; ``marks`` gives '1' for each code point that combines, else '0';
    ``runs`` gives first, end, first, end, … of what a pattern finds in a text of all code points.
    """

    version: str
    lower: Callable[[Sequence[str]], Sequence[str]]
    nfkd: Callable[[Sequence[str]], Sequence[str]]
    marks: Callable[[], str]
    runs: Callable[[str, int], Sequence[int]]


def _runs(pattern: str, flags: int) -> list[int]:
    return [edge for run in re.finditer(pattern, "".join(_everything()), flags) for edge in run.span()]


HERE = Alphabet(
    unicodedata.unidata_version,
    lambda texts: [text.lower() for text in texts],
    lambda texts: [unicodedata.normalize("NFKD", text) for text in texts],
    lambda: "".join("1" if unicodedata.combining(char) else "0" for char in _everything()),
    _runs,
)


@cache
def ranges_of(pattern: str, flags: int = 0, alphabet: Alphabet = HERE) -> tuple[int, ...]:
    """The code points that a pattern of one character takes, as first, last, first, last, …."""
    return tuple(edge - index % 2 for index, edge in enumerate(alphabet.runs(f"(?:{pattern})+", flags)))


@cache
def lower_map(alphabet: Alphabet = HERE) -> CodeMap:
    """str.lower of each code point alone; the capital sigma at the end of a word is not in it."""
    return _code_map(enumerate(alphabet.lower(_everything())))


@cache
def unicode_fold(alphabet: Alphabet = HERE) -> CodeMap:
    """NFKD without combining marks. Their order does not matter, since all of them go."""
    marks = alphabet.marks()
    folded = ("".join(char for char in text if marks[ord(char)] == "0") for text in _decomposed(alphabet))
    return _code_map((code, text) for code, text in enumerate(folded) if code > 127)


@cache
def ascii_fold(alphabet: Alphabet = HERE) -> CodeMap:
    """NFKD without anything beyond ASCII; what is not in it and lies beyond ASCII is dropped."""
    folded = ("".join(char for char in text if char < "\x80") for text in _decomposed(alphabet))
    return _code_map((code, text) for code, text in enumerate(folded) if code > 127 and text)


@cache
def sigma_sets(alphabet: Alphabet = HERE) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The cased code points that are not case-ignorable, and the case-ignorable ones.

    A capital sigma is final after cased ignorable*, not before ignorable* cased. So 'A?Σ' ends in a final sigma
    when ? is ignorable or cased, and '1?Σ' when it is cased and not ignorable.
    """
    after_letter, after_digit = _final_after("A", alphabet), _final_after("1", alphabet)
    return _ranges(after_digit), _ranges(after_letter & ~after_digit)


@cache
def white_space(alphabet: Alphabet = HERE) -> tuple[int, ...]:
    r"""What \s, str.split and str.isspace take; the three agree (tests/unit/ir/text)."""
    return ranges_of(r"\s", 0, alphabet)


def _everything() -> list[str]:
    return [chr(code) for code in range(0x110000)]


def _decomposed(alphabet: Alphabet) -> Sequence[str]:
    return alphabet.nfkd(_everything())


def _final_after(before: str, alphabet: Alphabet) -> npt.NDArray[np.bool_]:
    """By code point: whether a sigma behind it, and ``before`` before it, is final. One call of lower() tells all."""
    longer = [code for code, text in zip(lower_map(alphabet).keys, lower_map(alphabet).texts, strict=True) if text[1:]]
    trials = np.empty((0x110000, 4), dtype="<u4")
    trials[:, 0], trials[:, 2], trials[:, 3] = ord(before), _SIGMA, ord("1")
    # The digit between two trials is neither cased nor ignorable.
    trials[:, 1] = np.arange(0x110000)
    trials[longer, 1] = ord("1")
    (lowered,) = alphabet.lower([trials.tobytes().decode("utf-32-le", "surrogatepass")])
    codes = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), dtype="<u4").reshape(-1, 4)
    found = np.equal(codes[:, 2], _FINAL_SIGMA)
    for code, text in zip(longer, alphabet.lower([f"{before}{chr(code)}\u03a3" for code in longer]), strict=True):
        found[code] = text.endswith("\u03c2")
    return np.asarray(found, dtype=np.bool_)


def _ranges(members: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], members, [False]])))
    return tuple(int(edge) - index % 2 for index, edge in enumerate(edges))


def _code_map(pairs: Iterable[tuple[int, str]]) -> CodeMap:
    kept = [(code, text) for code, text in pairs if text != chr(code)]
    return CodeMap(tuple(code for code, _ in kept), tuple(text for _, text in kept))
