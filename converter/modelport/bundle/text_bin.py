"""Writes and reads text.bin: what the text steps of a contract look up, little-endian, format version 1.

8 bytes  'MPTOKENS'      u32 version     u32 number of tables     u32 number of steps
each table:
  u8     type            0 bytes, 1 u32
  u64    count, then the values
each step, u32:
  analyzer               0 word, 1 char, 2 char_wb
  least, most            of the n-grams
  lower case             0, 1
  accents                0 keep, 1 unicode, 2 ascii
  counting               0 vocabulary, 1 hash, 2 signed_hash
  binary                 0, 1
  width
  16 numbers of tables   lower: keys, starts, code points     fold: the same     cased     ignorable     spaces
                         pattern: instructions, starts of sets, ranges
                         terms: starts, UTF-8     stop words: starts, UTF-8

Item i of a list lies from starts[i] to starts[i + 1]. Tables are shared between steps: equal ones are stored once.
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import numpy as np

from modelport.ir.text.analyzer import tables_of
from modelport.ir.text.step import CodeMap, Program, TextStep, TextTables

__all__ = ["TEXT_VERSION", "decode_tables", "encode_tables"]

TEXT_VERSION = 1
_MAGIC = b"MPTOKENS"
_ANALYZERS = ("word", "char", "char_wb")
_ACCENTS = ("keep", "unicode", "ascii")
_COUNTING = ("vocabulary", "hash", "signed_hash")
_OPTIONS, _TABLES = 8, 16


def encode_tables(steps: Sequence[TextStep]) -> bytes:
    """Serializes the tables of the steps; same steps, same bytes."""
    pool: dict[bytes, int] = {}
    encoded = [_step(step, pool) for step in steps]
    head = struct.pack("<III", TEXT_VERSION, len(pool), len(steps))
    return b"".join([_MAGIC, head, *pool, *encoded])


def decode_tables(data: bytes) -> tuple[TextTables, ...]:
    """Reads the tables back, in the order of the contract's steps. Raises: ValueError for what is no text.bin."""
    version, count, steps = struct.unpack_from("<III", data, 8)
    if data[:8] != _MAGIC or version != TEXT_VERSION:
        raise ValueError(f"text.bin has format {data[:8]!r} {version}, this modelport reads {TEXT_VERSION}")
    at = 20
    pool: list[bytes] = []
    for _ in range(count):
        kind, size = struct.unpack_from("<BQ", data, at)
        end = at + 9 + size * (4 if kind else 1)
        pool.append(data[at + 9 : end])
        at = end
    result = []
    for _ in range(steps):
        numbers = struct.unpack_from(f"<{_OPTIONS + _TABLES}I", data, at)
        at += 4 * (_OPTIONS + _TABLES)
        result.append(_tables([pool[index] for index in numbers[_OPTIONS:]]))
    return tuple(result)


def _step(step: TextStep, pool: dict[bytes, int]) -> bytes:
    tables = tables_of(step)
    stored = [
        *_code_map(tables.lower),
        *_code_map(tables.fold),
        _words(tables.cased),
        _words(tables.ignorable),
        _words(tables.spaces),
        _words(tables.program.code),
        _words(_starts(map(len, tables.program.sets))),
        _words([code for ranges in tables.program.sets for code in ranges]),
        *_texts(tables.terms),
        *_texts(tables.stop_words),
    ]
    numbers = [
        _ANALYZERS.index(step.analyzer),
        *step.ngrams,
        int(step.lowercase),
        _ACCENTS.index(step.accents),
        _COUNTING.index(step.counting),
        int(step.binary),
        step.width,
        *(pool.setdefault(table, len(pool)) for table in stored),
    ]
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _tables(stored: Sequence[bytes]) -> TextTables:
    starts, ranges = _numbers(stored[10]), _numbers(stored[11])
    return TextTables(
        lower=_as_code_map(stored[0:3]),
        fold=_as_code_map(stored[3:6]),
        cased=_numbers(stored[6]),
        ignorable=_numbers(stored[7]),
        spaces=_numbers(stored[8]),
        program=Program(_numbers(stored[9]), tuple(ranges[a:b] for a, b in pairwise(starts))),
        terms=_as_texts(*stored[12:14]),
        stop_words=_as_texts(*stored[14:16]),
    )


def _code_map(code_map: CodeMap) -> list[bytes]:
    codes = [ord(char) for text in code_map.texts for char in text]
    return [_words(code_map.keys), _words(_starts(map(len, code_map.texts))), _words(codes)]


def _as_code_map(stored: Sequence[bytes]) -> CodeMap:
    keys, starts, codes = map(_numbers, stored)
    text = "".join(map(chr, codes))
    return CodeMap(keys, tuple(text[a:b] for a, b in pairwise(starts)))


def _texts(texts: Sequence[str]) -> list[bytes]:
    encoded = [text.encode() for text in texts]
    return [_words(_starts(map(len, encoded))), struct.pack("<BQ", 0, len(b"".join(encoded))) + b"".join(encoded)]


def _as_texts(starts: bytes, data: bytes) -> tuple[str, ...]:
    return tuple(data[a:b].decode() for a, b in pairwise(_numbers(starts)))


def _starts(lengths: Iterable[int]) -> list[int]:
    return [0, *accumulate(lengths)]


def _words(values: Sequence[int]) -> bytes:
    return struct.pack("<BQ", 1, len(values)) + np.array(values, dtype="<u4").tobytes()


def _numbers(data: bytes) -> tuple[int, ...]:
    return tuple(np.frombuffer(data, dtype="<u4").tolist())
