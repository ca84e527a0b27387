"""Texts of every plane of Unicode, and what lower-casing, decomposition and word borders turn on, drawn with a seed."""

import random
import unicodedata
from functools import cache

__all__ = ["random_texts"]

_SPECIAL = (
    "\xdf\u0130\u0131\u03a3\u03c3\u03c2\u0149\u01f0\u0390\u03b0\u0587\u1e96\u1e9e\ufb00\ufb03\ufb06\ufb13\u1f50\u1fb7\u0345\u02b0"
    "\u0301\u0308\u0327\u200b\u200c\u200d\u2060\ufeff\xad\xa0\x85\x1c\x1f\u2028\u2029\u180e\u3000\u00b2\xbd\u2460\u0967\u0663"
    "\U0001f44d\U0001f3fd\U0001f1e9\U00010400\U00010428\U0001d7ce\U0001d400\U0001e900\U000e0041\U0010ffff\ue000\ufffe\uffff\u0378"
    "\ud55c\u1112\u1161\u11ab\uf900\u212a\u212b\u2126\u01c5\u0140\u2026\ufdfa\x00\t\n\r _-'.,"
)


@cache
def _lettered() -> list[str]:
    """Every character that str.lower or NFKD changes, or that combines."""
    every = (chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    return [c for c in every if c.lower() != c or unicodedata.normalize("NFKD", c) != c or unicodedata.combining(c)]


def random_texts(seed: int, count: int) -> list[str]:
    """Returns texts without surrogates; the same seed gives the same texts."""
    rng = random.Random(seed)
    return [_text(rng) for _ in range(count)]


def _text(rng: random.Random) -> str:
    pieces: list[str] = []
    for _ in range(rng.randrange(0, 40)):
        kind = rng.random()
        if kind < 0.35:
            pieces.append(rng.choice("abcABCzZ019") * rng.randrange(1, 4))
        elif kind < 0.55:
            pieces.append(rng.choice(_SPECIAL))
        elif kind < 0.75:
            pieces.append(rng.choice(_lettered()))
        elif kind < 0.9:
            pieces.append(rng.choice((" ", "  ", "\t", "\n", "-", "'", "_", ".")))
        else:
            code = rng.randrange(0x110000)
            pieces.append("" if 0xD800 <= code <= 0xDFFF else chr(code))
    return "".join(pieces)
