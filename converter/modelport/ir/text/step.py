"""The text step of a contract: which feature it reads, how it splits text into terms, and how terms are counted."""

from typing import Literal

import msgspec

__all__ = ["STEP_VERSION", "CodeMap", "Program", "TextStep", "TextTables"]

STEP_VERSION = 1

Ranges = tuple[int, ...]


class CodeMap(msgspec.Struct, frozen=True, eq=False):
    """What code points become: ``keys`` ascending, ``texts`` their replacements; every other stays as it is."""

    keys: tuple[int, ...]
    texts: tuple[str, ...]


class Program(msgspec.Struct, frozen=True, eq=False):
    """A compiled token pattern: instructions of four numbers each, and the sets of code points they name.

    ``ir.text.machine`` says what each instruction does. A set is ranges: first, last, first, last, …
    """

    code: tuple[int, ...]
    sets: tuple[Ranges, ...]


class TextTables(msgspec.Struct, frozen=True, eq=False):
    """What a step looks up, as ``text.bin`` stores it; empty where the step's options do not ask for it.

    ``terms``: by id, None where no text can be that term; ``cased`` and ``ignorable`` decide between the two small
    sigmas; ``spaces`` is what white space is; ``drops`` tells whether ``fold`` drops what it does not name.
    """

    terms: tuple[str, ...] = ()
    stop_words: tuple[str, ...] = ()
    lower: CodeMap = CodeMap((), ())
    fold: CodeMap = CodeMap((), ())
    cased: Ranges = ()
    ignorable: Ranges = ()
    spaces: Ranges = ()
    program: Program = Program((), ())


class TextStep(msgspec.Struct, frozen=True, kw_only=True):
    """Turns one text feature into two tensors [N, L]: the ids of the terms that a row has, and their counts.

    L is the largest number of distinct terms among the rows; a shorter row is filled up with id 0 and count 0. Ids lie
    below ``width`` and ascend in a row. In this order: lower case, accents, tokens, stop words, n-grams, counting.

    ``analyzer``: 'word' finds tokens by ``pattern``, 'char' takes every character, 'char_wb' those of each word with a
    space on either side. ``accents``: 'unicode' takes combining marks away, 'ascii' everything beyond ASCII, both
    after compatibility decomposition (NFKD). ``counting``: 'vocabulary' looks a term up, 'hash' takes MurmurHash3
    modulo ``width``, 'signed_hash' counts -1 where the hash is negative. ``binary``: 1 instead of a count.
    ``unicode``: the version of the Unicode tables. ``dense_width``: how many numbers a row the graph makes of it,
    the zeros too; many rows at once then need much memory. 0 where it computes with the terms that are there.
    """

    version: int = STEP_VERSION
    feature: str
    ids: str
    counts: str
    width: int
    analyzer: Literal["word", "char", "char_wb"]
    ngrams: tuple[int, int]
    lowercase: bool
    accents: Literal["keep", "unicode", "ascii"]
    pattern: str | None
    counting: Literal["vocabulary", "hash", "signed_hash"]
    binary: bool
    unicode: str
    dense_width: int = 0
    # Not part of contract.json: text.bin holds it.
    tables: TextTables | msgspec.UnsetType = msgspec.UNSET
