"""Splits texts into terms and counts them, as a text step says.

Where Python has the Unicode tables that the step names, Python's own str.lower, unicodedata and re do the work; else,
and in tests, the step's tables do, as they do in the other runtimes.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from modelport.ir.text.machine import contains, find_tokens
from modelport.ir.text.murmur import murmur3
from modelport.ir.text.step import CodeMap, TextStep, TextTables
from modelport.ir.text.unicode_tables import HERE

__all__ = ["Analyzer", "analyzer", "tables_of"]

_SIGMA, _SMALL_SIGMA, _FINAL_SIGMA = 0x3A3, "\u03c3", "\u03c2"
_MOST_HASHES = 200_000
_RUNS = re.compile(r"\s\s+")


def tables_of(step: TextStep) -> TextTables:
    """The tables of a step. Raises: TypeError when text.bin was never read, a fault of the caller."""
    if not isinstance(step.tables, TextTables):
        raise TypeError(f"the tables of the text step of {step.feature!r} were not read")
    return step.tables


@lru_cache(maxsize=32)
def analyzer(step: TextStep) -> "Analyzer":
    """The analyzer of a step, kept: its tables are built once."""
    return Analyzer(step)


class Analyzer:
    """One text step at work. Safe to share between threads: the hashes it remembers only save time."""

    def __init__(self, step: TextStep, *, own_tables: bool = False) -> None:
        self._step = step
        tables = tables_of(step)
        self._ids = {term: index for index, term in enumerate(tables.terms)}
        self._stop_words = frozenset(tables.stop_words)
        self._hashes: dict[str, tuple[int, int]] = {}
        native = not own_tables and step.unicode == HERE.version
        tabled = _Tabled(step)
        self._text: Callable[[str], str] = self._native_text if native else tabled.text
        self._split: Callable[[str], Sequence[str]] = tabled.tokens
        if native and step.analyzer == "word":
            self._split = re.compile(step.pattern or "").findall
        self._runs: Callable[[str, str], str] = _RUNS.sub if native else tabled.without_runs
        self._words: Callable[[str], Sequence[str]] = str.split if native else tabled.words

    def terms(self, text: str) -> Sequence[str]:
        """Every term of a text, in the order in which the original makes them."""
        text = self._text(text)
        if self._step.analyzer == "word":
            tokens = self._split(text)
            if self._stop_words:
                tokens = [token for token in tokens if token not in self._stop_words]
            return tokens if self._step.ngrams[1] == 1 else _word_ngrams(tokens, *self._step.ngrams)
        text = self._runs(" ", text)
        if self._step.analyzer == "char":
            return _char_ngrams(text, *self._step.ngrams)
        return [term for word in self._words(text) for term in _padded_ngrams(f" {word} ", *self._step.ngrams)]

    def counts(self, text: str) -> dict[int, int]:
        """The terms of a text by id, with their counts; a signed count may be 0."""
        counted: dict[int, int] = {}
        for term in self.terms(text):
            if self._step.counting == "vocabulary":
                index = self._ids.get(term)
                if index is None:
                    continue
                sign = 1
            else:
                index, sign = self._hash(term)
            counted[index] = counted.get(index, 0) + sign
        return dict.fromkeys(counted, 1) if self._step.binary else counted

    def _native_text(self, text: str) -> str:
        if self._step.lowercase:
            text = text.lower()
        if self._step.accents == "ascii":
            return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
        if self._step.accents == "unicode" and not text.isascii():
            return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        return text

    def _hash(self, term: str) -> tuple[int, int]:
        known = self._hashes.get(term)
        if known is None:
            if len(self._hashes) >= _MOST_HASHES:
                self._hashes.clear()
            h = murmur3(term.encode())
            # abs(-2**31) has no place in 32 bits in the original; what it takes instead is the same remainder.
            sign = -1 if h < 0 and self._step.counting == "signed_hash" else 1
            known = self._hashes[term] = (abs(h) % self._step.width, sign)
        return known


class _Tabled:
    """The same by the step's tables alone, code point by code point."""

    def __init__(self, step: TextStep) -> None:
        self._step, self._tables = step, tables_of(step)
        self._lower = _as_dict(self._tables.lower)
        self._fold = _as_dict(self._tables.fold)

    def text(self, text: str) -> str:
        if self._step.lowercase:
            text = "".join(self._lowered(text, i) for i in range(len(text)))
        if self._step.accents == "unicode":
            return "".join(self._fold.get(char, char) for char in text)
        if self._step.accents == "ascii":
            return "".join(char if char < "\x80" else self._fold.get(char, "") for char in text)
        return text

    def tokens(self, text: str) -> list[str]:
        return [text[begin:end] for begin, end in find_tokens(self._tables.program, [ord(char) for char in text])]

    def words(self, text: str) -> list[str]:
        spaced = "".join(" " if contains(self._tables.spaces, ord(char)) else char for char in text)
        return [word for word in spaced.split(" ") if word]

    def without_runs(self, space: str, text: str) -> str:
        """Two and more characters of white space become one space; one alone stays what it is."""
        result: list[str] = []
        start = 0
        while start < len(text):
            end = start
            while end < len(text) and contains(self._tables.spaces, ord(text[end])):
                end += 1
            if end - start > 1:
                result.append(space)
            else:
                end = start + 1
                result.append(text[start])
            start = end
        return "".join(result)

    def _lowered(self, text: str, at: int) -> str:
        char = text[at]
        if ord(char) != _SIGMA:
            return self._lower.get(char, char)
        before = next((c for c in reversed(text[:at]) if not contains(self._tables.ignorable, ord(c))), None)
        after = next((c for c in text[at + 1 :] if not contains(self._tables.ignorable, ord(c))), None)
        final = self._cased(before) and not self._cased(after)
        return _FINAL_SIGMA if final else _SMALL_SIGMA

    def _cased(self, char: str | None) -> bool:
        return char is not None and contains(self._tables.cased, ord(char))


def _as_dict(code_map: CodeMap) -> dict[str, str]:
    return {chr(code): text for code, text in zip(code_map.keys, code_map.texts, strict=True)}


def _word_ngrams(tokens: Sequence[str], least: int, most: int) -> list[str]:
    return [
        " ".join(tokens[start : start + n])
        for n in range(least, min(most, len(tokens)) + 1)
        for start in range(len(tokens) - n + 1)
    ]


def _char_ngrams(text: str, least: int, most: int) -> list[str]:
    return [text[i : i + n] for n in range(least, min(most, len(text)) + 1) for i in range(len(text) - n + 1)]


def _padded_ngrams(word: str, least: int, most: int) -> list[str]:
    terms: list[str] = []
    for n in range(least, most + 1):
        terms += [word[i : i + n] for i in range(max(1, len(word) - n + 1))]
        if len(word) <= n:
            # A word as short as this counts once, however large n grows.
            break
    return terms
