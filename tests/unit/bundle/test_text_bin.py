"""text.bin gives back what was put in, stores equal tables once, and names what is no text.bin."""

import msgspec
import pytest

from modelport.bundle.text_bin import decode_tables, encode_tables
from tests.unit.ir.text.test_analyzer import make_step


def test_round_trip() -> None:
    steps = [
        make_step(terms=("a", "b c", "\u00e9\U0001f44d", ""), stop_words=("the",), counting="vocabulary"),
        make_step("char_wb", accents="ascii"),
    ]
    for step, tables in zip(steps, decode_tables(encode_tables(steps)), strict=True):
        assert msgspec.structs.asdict(tables).keys() == msgspec.structs.asdict(step.tables).keys()
        for name, value in msgspec.structs.asdict(step.tables).items():
            found = getattr(tables, name)
            if isinstance(value, msgspec.Struct):
                assert msgspec.structs.asdict(found) == msgspec.structs.asdict(value), name
            else:
                assert found == value, name


def test_equal_tables_are_stored_once() -> None:
    step = make_step()
    assert len(encode_tables([step, step])) < len(encode_tables([step])) + 200


def test_another_version_is_named() -> None:
    data = bytearray(encode_tables([make_step()]))
    data[8] = 9
    with pytest.raises(ValueError, match="format b'MPTOKENS' 9"):
        decode_tables(bytes(data))
