"""Makes texts for the inputs of a net: words that the graph knows, the same changed in ways that lookups trip over, odd ones.

None is taken from the sample, which does not travel with a bundle.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from modelport.evidence.cases import Tensor
from modelport.evidence.texts import ODD_TEXTS

__all__ = ["TextSource"]

# Of what the graph knows: so many are tried as they are, the ends among them, and so many changed.
_KNOWN = 64
_CHANGED = 12
_LONG = 10_000
_NUMBERS = ("0", "7", "-3", "2.5", "-0.0", "1e3", "1.25e-3", "16777217", "0.1", "123456.789")
_WORDS = ("red", "green", "blue", "north", "south", "7", "3.5", "Yes", "no")


class TextSource:
    """Texts for one input. ``known`` are those of the graph, ``taken`` all that it takes (None: any), ``sample`` the caller's.

    Where the graph knows none and the caller's are numbers, the texts are numbers too: it may well read them as such.
    """

    def __init__(self, known: Sequence[str], sample: Tensor, taken: Sequence[str] | None = None) -> None:
        given = sample.ravel().tolist()
        numbers = not known and bool(given) and all(map(_is_number, given))
        self._known = list(taken if taken is not None else known) or list(_NUMBERS if numbers else _WORDS)
        self._only = taken is not None or numbers
        told = set(self._known)
        # Texts of several words, where few of the sample are known as a whole.
        self._sentences = not self._only and sum(text in told for text in given) * 2 < len(given)

    def draw(self, shape: Sequence[int], rng: np.random.Generator) -> npt.NDArray[np.object_]:
        """Known texts at random; several together where the caller's look like that."""
        drawn = np.empty(shape, dtype=object)
        drawn.ravel()[:] = [self._one(rng) for _ in range(drawn.size)]
        return drawn

    def _one(self, rng: np.random.Generator) -> str:
        count = int(rng.integers(1, 9)) if self._sentences else 1
        return " ".join(self._known[int(rng.integers(len(self._known)))] for _ in range(count))

    def probes(self) -> dict[str, list[str]]:
        """Texts to try by what they are."""
        known = _spread(self._known, _KNOWN)
        if self._only:
            return {"known texts": known}
        changed = [text for word in _spread(self._known, _CHANGED) for text in _changed(word)]
        return {"known texts": known, "changed texts": _once(changed, known), "odd texts": _once(ODD_TEXTS, known)}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _changed(word: str) -> Iterator[str]:
    yield from (word.upper(), word.lower(), word.title(), word.swapcase(), f" {word}", f"{word} ", f"\t{word}\r\n")
    yield from (word[:-1], word * 2, f"{word}.", f"{word}\0", f"\0{word}", f"{word}\u0301", f"\ufeff{word}")
    yield (word + " ") * (_LONG // (len(word) + 1))


def _spread(texts: Sequence[str], most: int) -> list[str]:
    """At most so many, evenly spread, the first and the last among them."""
    places = np.unique(np.linspace(0, len(texts) - 1, min(most, len(texts))).round().astype(int))
    return [texts[int(place)] for place in places]


def _once(texts: Iterable[str], without: Iterable[str]) -> list[str]:
    left = set(without)
    return [text for text in dict.fromkeys(texts) if text not in left]
