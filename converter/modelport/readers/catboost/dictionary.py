"""Finds the values behind the hashes of categories: a CatBoost model holds hashes alone, the sample holds the values.

A value that is in no sample is unknown to us; so the values of all hashes that matter must be found, and every other
value then counts as unseen, as in the source (but for those 32-bit hashes that collide with a known one).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from modelport.readers.catboost.model import CTR, ONE_HOT, CatBoostModel, Projection

__all__ = ["Dictionary", "Hasher", "Kind", "category_notes", "known_rows", "resolve"]

# Booleans are hashed as the texts 0 and 1.
Kind = Literal["text", "integer", "bool"]
# Gives the hash of each text as the library computes it, a signed 32-bit integer.
Hasher = Callable[[Sequence[str]], Mapping[str, int]]
Ints = npt.NDArray[np.int64]

# CatBoost's hash of a combination: h := M (h + M v), v the next part's hash or answer, in 64 bits.
_MULTIPLIER = 0x4906BA494954CB65
_ONE = np.uint64(_MULTIPLIER)
_TWO = np.uint64(_MULTIPLIER**2 % 2**64)
_INVERSE = np.uint64(pow(_MULTIPLIER**2, -1, 2**64))
_MOST_COMBINATIONS = 200_000_000
_AT_ONCE = 1_000_000
_WHOLE = range(-1000, 20_000)


@dataclass(frozen=True)
class Dictionary:
    """The values of one categorical feature that matter, with their hashes int64[n]; code n is any other value."""

    kind: Kind
    texts: tuple[str, ...]
    hashes: Ints

    @property
    def numbers(self) -> Ints:
        """The values of a feature that is no text."""
        return np.array([int(text) for text in self.texts], dtype=np.int64)


def resolve(
    model: CatBoostModel, kinds: Sequence[Kind], seen: Sequence[Sequence[str]], hasher: Hasher
) -> tuple[tuple[Dictionary, ...], list[str]]:
    """Returns the dictionary of each categorical feature, and what the sample lacks.

    ``seen``: by feature, the texts of values that it may have; more than it has do no harm.
    """
    needed = _needed(model)
    found = [_hashed(texts, hasher) for texts in seen]
    for place, kind in enumerate(kinds):
        if kind == "integer" and needed[place] - set(found[place].values()):
            # Codes are mostly small: what CatBoost hashes is their text, so trying them is exact.
            found[place] |= _hashed([str(number) for number in _WHOLE], hasher)
    faults = []
    for place, wanted in enumerate(needed):
        absent = wanted - set(found[place].values())
        if absent:
            faults.append(f"{_name(model, place)}: {len(absent)} of {len(wanted)} categories")
    everything = [
        Dictionary(kind, tuple(own), np.array(list(own.values()), dtype=np.int64))
        for kind, own in zip(kinds, found, strict=True)
    ]
    matter = [
        np.isin(d.hashes, np.array(sorted(wanted), dtype=np.int64))
        for d, wanted in zip(everything, needed, strict=True)
    ]
    for projection, keys in _combinations(model):
        names = " with ".join(_name(model, place) for place in projection.cats)
        if _size(projection, everything) > _MOST_COMBINATIONS:
            faults.append(f"{names}: too many combinations of categories")
            continue
        codes, rows = known_rows(projection, keys, everything)
        if len(np.unique(rows)) < len(keys):
            faults.append(f"{names}: {len(keys) - len(np.unique(rows))} of {len(keys)} combinations of categories")
        for place, index in _parts(projection, codes, everything):
            matter[place][index[index < len(matter[place])]] = True
    return tuple(_kept(d, own) for d, own in zip(everything, matter, strict=True)), faults


def category_notes(dictionaries: Sequence[Dictionary]) -> tuple[str, ...]:
    """What a caller should know of them."""
    if not any(len(known.texts) for known in dictionaries):
        return ()
    return (
        "categories are those of the sample whose hash the model holds; CatBoost itself would also take another "
        "value for one of them whose 32-bit hash is the same",
    )


def _hashed(texts: Sequence[str], hasher: Hasher) -> dict[str, int]:
    return dict(hasher(sorted(set(texts)))) if len(texts) else {}


def _name(model: CatBoostModel, place: int) -> str:
    column = int(model.cat_columns[place])
    return repr(model.names[column] or f"x{column}")


def _kept(whole: Dictionary, matter: npt.NDArray[np.bool_]) -> Dictionary:
    texts = tuple(text for text, own in zip(whole.texts, matter, strict=True) if own)
    return Dictionary(whole.kind, texts, whole.hashes[matter])


def _used(model: CatBoostModel) -> Iterator[int]:
    splits = model.splits
    yield from np.unique(splits.feature[splits.kind == CTR]).tolist()


def _needed(model: CatBoostModel) -> list[set[int]]:
    """By feature, the hashes that splits ask for, alone or within statistics of that one feature."""
    needed: list[set[int]] = [set() for _ in model.cat_columns]
    splits = model.splits
    asked = splits.kind == ONE_HOT
    for place, value in zip(splits.feature[asked].tolist(), splits.value[asked].tolist(), strict=True):
        needed[place].add(value)
    for number in _used(model):
        ctr = model.ctrs[number]
        for place, value in ctr.projection.one_hots:
            needed[place].add(value)
        if ctr.projection.single:
            with np.errstate(over="ignore"):
                needed[ctr.projection.cats[0]] |= set((ctr.keys * _INVERSE).view(np.int64).tolist())
    return needed


def _combinations(model: CatBoostModel) -> Iterator[tuple[Projection, npt.NDArray[np.uint64]]]:
    for number in _used(model):
        ctr = model.ctrs[number]
        if not ctr.projection.single:
            yield ctr.projection, ctr.keys


def _sizes(projection: Projection, dictionaries: Sequence[Dictionary]) -> list[int]:
    answers = [2] * (len(projection.floats) + len(projection.one_hots))
    return [len(dictionaries[place].hashes) for place in projection.cats] + answers


def _size(projection: Projection, dictionaries: Sequence[Dictionary]) -> int:
    size = 1
    for own in _sizes(projection, dictionaries):
        size *= own
    return size


def known_rows(
    projection: Projection, keys: npt.NDArray[np.uint64], dictionaries: Sequence[Dictionary]
) -> tuple[Ints, Ints]:
    """The combinations of known values that the table has: their codes int64[m], ascending, and rows int64[m].

    A code counts through the parts of the combination, the last one fastest: for a category its place in the
    dictionary, the number after the last one for any other value; for a question 0 or 1.
    """
    parts = [dictionaries[place].hashes.view(np.uint64) for place in projection.cats]
    parts += [np.array([0, 1], dtype=np.uint64)] * (len(projection.floats) + len(projection.one_hots))
    radices = _radices(projection, dictionaries)
    order = np.argsort(keys)
    ascending = keys[order]
    rest = int(np.prod([max(1, len(part)) for part in parts[1:]], dtype=np.int64))
    step = max(1, _AT_ONCE // rest)
    codes, rows = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for start in range(0, len(parts[0]), step):
        first = np.arange(start, min(start + step, len(parts[0])))
        with np.errstate(over="ignore"):
            key, code = parts[0][first] * _TWO, first.astype(np.int64)
            for part, radix in zip(parts[1:], radices[1:], strict=True):
                key = (key[:, None] * _ONE + (part * _TWO)[None, :]).ravel()
                code = (code[:, None] * radix + np.arange(len(part))[None, :]).ravel()
        place = np.minimum(np.searchsorted(ascending, key), max(0, len(keys) - 1))
        hit = ascending[place] == key if len(keys) else np.zeros(len(key), dtype=np.bool_)
        codes.append(code[hit])
        rows.append(order[place[hit]])
    return np.concatenate(codes), np.concatenate(rows)


def _radices(projection: Projection, dictionaries: Sequence[Dictionary]) -> list[int]:
    return [
        size + 1 if number < len(projection.cats) else size
        for number, size in enumerate(_sizes(projection, dictionaries))
    ]


def _parts(projection: Projection, codes: Ints, dictionaries: Sequence[Dictionary]) -> Iterator[tuple[int, Ints]]:
    """Each categorical part of a combination, and its place in the dictionary for every code."""
    rest = codes
    radices = _radices(projection, dictionaries)
    for number in range(len(radices) - 1, -1, -1):
        if number < len(projection.cats):
            yield projection.cats[number], rest % radices[number]
        rest = rest // radices[number]
