"""Text steps of every kind and texts of every plane, and what the Python runtime makes of them: for other languages."""

import struct
from collections.abc import Sequence

import msgspec

from modelport.bundle.text_bin import encode_tables
from modelport.ir.text.analyzer import Analyzer
from modelport.ir.text.step import TextStep
from tests.unit.ir.text.fuzz import random_texts
from tests.unit.ir.text.test_analyzer import OPTIONS, make_step
from tests.unit.ir.text.test_pattern import PATTERNS

__all__ = ["compare", "steps", "text_file", "texts"]


def steps() -> list[TextStep]:
    """All options, all patterns, every way of counting."""
    found = [make_step(**options, stop_words=("ab", "aa", "zz")) for options in OPTIONS]  # type: ignore[arg-type]
    found += [make_step(pattern=pattern, lowercase=False, ngrams=(1, 2)) for pattern in PATTERNS]
    terms = tuple(sorted({term for text in texts()[:100] for term in Analyzer(found[0]).terms(text)}))
    found.append(make_step(terms=terms, counting="vocabulary"))
    found += [make_step("char_wb", ngrams=(1, 9), counting=kind) for kind in ("hash", "signed_hash")]
    found.append(msgspec.structs.replace(make_step("char", counting="signed_hash"), binary=True, width=2**31 - 1))
    return found


def texts() -> list[str]:
    """Random texts, and a very long one."""
    return [*random_texts(77, 600), "", "ab " * 20_000, "x" * 70_000]


def text_file(items: Sequence[str]) -> bytes:
    """Each text: its size in bytes as u32, then UTF-8."""
    encoded = [item.encode() for item in items]
    return b"".join(struct.pack("<I", len(item)) + item for item in encoded)


def tables(items: Sequence[TextStep]) -> bytes:
    """The text.bin of the steps."""
    return encode_tables(items)


def compare(found: bytes, items: Sequence[TextStep], lines: Sequence[str]) -> None:
    """Asserts that another runtime counted what Python counts."""
    numbers = struct.unpack(f"<{len(found) // 4}i", found)
    at = 0
    for step in items:
        counter = Analyzer(step)
        for line in lines:
            size = numbers[at]
            given = numbers[at + 1 : at + 1 + 2 * size]
            at += 1 + 2 * size
            expected = [number for pair in sorted(counter.counts(line).items()) for number in pair]
            assert list(given) == expected, (step.analyzer, step.pattern, step.ngrams, step.accents, line)
    assert at == len(numbers)
