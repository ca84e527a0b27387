"""The text in which C5.0 and Cubist save a model: records of properties, one record a line; and the conditions of rules."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from modelport.errors import ModelFileError
from modelport.frontends.r.trees.quinlan_names import WRONG, Attribute, Names

__all__ = [
    "AT_MOST",
    "DISCRETE",
    "MORE",
    "SUBSET",
    "THRESHOLD",
    "Condition",
    "Record",
    "condition_of",
    "damaged",
    "reading",
    "records_of",
    "single",
    "unquoted",
    "value_set",
]

# Types of a test; outcomes of a comparison: 1 is "N/A".
DISCRETE, THRESHOLD, SUBSET = 1, 2, 3
AT_MOST, MORE = 2, 3

Record = list[tuple[str, str]]

_PROPERTY = re.compile(r'([^=\s]+)=((?:"(?:\\.|[^"\\])*"|[^" \n])*)( |\n|\Z)', re.DOTALL)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: the ``outcome`` of a comparison with ``cut``, or one of the ``codes`` of a discrete value.

    ``test`` is the same for conditions that C5.0 takes for the same test.
    """

    attribute: int
    cut: np.float32 | None = None
    outcome: int = 0
    codes: frozenset[int] = frozenset()
    test: tuple[object, ...] = ()


def records_of(text: str) -> list[Record]:
    """[(name, value with its quotes)] of each line. Source: modelfiles.c, ReadProp. Raises: ModelFileError."""
    found: list[Record] = []
    record: Record = []
    at = 0
    while (match := _PROPERTY.match(text, at)) is not None and match.end() > at:
        record.append((match.group(1), match.group(2)))
        at = match.end()
        if match.group(3) != " ":
            found.append(record)
            record = []
    if text[at:].strip():
        raise damaged(f"at {text[at : at + 30]!r}")
    return [*found, record] if record else found


def unquoted(value: str) -> list[str]:
    """The texts in a value "a","b"."""
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in _QUOTED.findall(value)]


def single(value: str) -> str:
    """The one text of a value. Raises: ModelFileError."""
    parts = unquoted(value)
    if len(parts) != 1:
        raise damaged(f"at {value[:30]!r}")
    return parts[0]


def value_set(attribute: Attribute, texts: Sequence[str]) -> frozenset[int]:
    """The codes of discrete values. Raises: ModelFileError for one that the attribute does not have."""
    codes = [attribute.value_code(text) for text in texts]
    if WRONG in codes:
        raise damaged(f"{attribute.name!r} has no value {texts[codes.index(WRONG)]!r}")
    return frozenset(codes)


def condition_of(record: Record, names: Names) -> Condition:
    """A condition of a rule. Source: modelfiles.c, InCondition. Raises: ModelFileError."""
    given = dict(record)
    if not {"type", "att"} <= given.keys():
        raise damaged("a rule has fewer conditions than it says")
    kind, place = int(single(given["type"])), names.place(single(given["att"]))
    attribute = names.attributes[place]
    if kind == THRESHOLD and "cut" in given and not attribute.values:
        cut = np.float32(float(single(given["cut"])))
        outcome = AT_MOST if single(given["result"]).startswith("<") else MORE
        return Condition(place, cut, outcome, test=(place, kind, float(cut)))
    if kind == THRESHOLD and not attribute.values:
        # Only numbers that do not apply have this outcome, and R writes none.
        return Condition(place, test=(place, kind, None))
    if kind == DISCRETE and attribute.values:
        return Condition(place, codes=value_set(attribute, unquoted(given["val"])), test=(place, kind))
    if kind == SUBSET and attribute.values:
        codes = value_set(attribute, unquoted(given["elts"]))
        return Condition(place, codes=codes, test=(place, kind, codes))
    raise damaged(f"a condition of type {kind} on {attribute.name!r}")


@contextmanager
def reading() -> Iterator[None]:
    """What is no number, or is not there, where the text is read, is said as damage to it."""
    try:
        yield
    except (KeyError, ValueError) as err:
        raise damaged(f"{type(err).__name__} at {str(err)[:60]}") from err


def damaged(what: str) -> ModelFileError:
    """The text of a model is not what the C code writes."""
    return ModelFileError(
        f"the text of the model cannot be read: {what}",
        where="the model's text",
        fix="save the model as C5.0() or cubist() gave it",
    )
