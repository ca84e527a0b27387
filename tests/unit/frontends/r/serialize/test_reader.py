"""Streams made by hand: what R writes seldom, or wrote long ago."""

from struct import pack

import numpy as np
import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r.serialize import (
    NULL,
    RClosure,
    REnvironment,
    RList,
    RPairs,
    RPointer,
    RPromise,
    RStrings,
    RVector,
    names,
    number,
    read,
    read_workspace,
    text,
    texts,
)
from tests.unit.frontends.r.serialize._streams import (
    altrep,
    characters,
    doubles,
    integers,
    item,
    listed,
    pairs,
    rds,
    symbol,
)

NONE = pack(">i", 254)


def _named(*given: bytes) -> bytes:
    return pairs((symbol(b"names"), characters(*given)))


def test_of_two_elements_of_one_name_the_first_counts() -> None:
    x = read(rds(listed(doubles(1), doubles(2), attributes=_named(b"a", b"a"))), "x.rds")
    assert number(x["a"]) == 1
    assert "b" not in x
    assert x.get("b") is None


def test_an_element_that_is_not_there_is_named() -> None:
    x = read(rds(listed(doubles(1), attributes=_named(b"coefficients"))), "x.rds")
    with pytest.raises(ModelFileError, match=r"no element 'coeficients'.*coefficients"):
        x["coeficients"]


def test_a_long_length_is_two_numbers() -> None:
    x = read(rds(pack(">iiii", 14, -1, 0, 2) + pack(">dd", 1, 2)), "x.rds")
    assert isinstance(x, RVector)
    assert x.values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("stored", "flags", "expected"),
    [
        (b"caf\xc3\xa9", 1 << 15, "café"),
        (b"\xe9\x80", 1 << 14, "é€"),
        (b"\xe9", 0, "é"),
        (b"caf\xc3\xa9", 0, "café"),
        (b"\xff", 1 << 13, "\\xff"),
        (b"\xff\xfe", 1 << 15, "\\xff\\xfe"),
        (b"\x81", 1 << 14, "\x81"),
    ],
)
def test_encodings(stored: bytes, flags: int, expected: str) -> None:
    assert texts(read(rds(characters(stored, flags=flags)), "x.rds")) == [expected]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [(b"CP1251", "й"), (b"latin1", "é"), (b"no such one", "é"), (b"", "é"), (b"undefined", "é"), (b"x\0y", "é")],
)
def test_the_native_encoding_of_version_3(encoding: bytes, expected: str) -> None:
    head = b"X\n" + pack(">iiii", 3, 0, 0, len(encoding)) + encoding
    assert texts(read(head + characters(b"\xe9", flags=0), "x.rds")) == [expected]


def test_native_binary_of_a_big_endian_machine() -> None:
    x = read(b"B\n" + rds(doubles(1.5))[2:], "x.rds")
    assert number(x) == 1.5


def test_pointers_keep_what_they_protect_and_not_their_memory() -> None:
    pointer = item(22, NONE + symbol(b"tag"), pairs((symbol(b"class"), characters(b"xgb.Booster.handle"))))
    again = pack(">i", (1 << 8) | 255)
    x = read(rds(listed(pointer, again)), "x.rds")
    assert isinstance(x, RList)
    found = x.values[0]
    assert isinstance(found, RPointer)
    assert found is x.values[1]
    assert (found.protected, text(found.tag)) == (NULL, "tag")
    assert found.describe() == "external pointer of class 'xgb.Booster.handle'"


def test_weak_references_are_objects_that_may_be_referred_to() -> None:
    x = read(rds(listed(item(23, b""), pack(">i", 255) + pack(">i", 1))), "x.rds")
    assert isinstance(x, RList)
    assert isinstance(x.values[0], RPointer)
    assert x.values[0] is x.values[1]


def test_promises_keep_value_and_expression() -> None:
    promise = pack(">i", 5) + doubles(3) + symbol(b"x")
    x = read(rds(promise), "x.rds")
    assert isinstance(x, RPromise)
    assert (number(x.value), text(x.expression)) == (3, "x")


def test_a_closure_without_environment_is_of_base() -> None:
    x = read(rds(pack(">i", 3) + NONE + symbol(b"x")), "x.rds")
    assert isinstance(x, RClosure)
    assert isinstance(x.environment, REnvironment)
    assert x.environment.kind == "base"


def test_persistent_names() -> None:
    x = read(rds(pack(">iii", 247, 0, 1) + pack(">ii", 9, 3) + b"one"), "x.rds")
    assert x.describe() == "persistent environment one"


def test_sequences() -> None:
    up, down = altrep(b"compact_intseq", doubles(3, 5, 1)), altrep(b"compact_intseq", doubles(3, 5, -1))
    x = read(rds(listed(up, down, altrep(b"compact_realseq", doubles(3, 0.5, 0.25)))), "x.rds")
    assert isinstance(x, RList)
    assert [v.values.tolist() for v in x.values if isinstance(v, RVector)] == [[5, 6, 7], [5, 4, 3], [0.5, 0.75, 1]]


def test_wrappers_give_what_they_wrap_with_their_own_attributes() -> None:
    wrapped = altrep(b"wrap_real", pairs((b"", doubles(1, 2)), end=integers(0, 0)), _named(b"a", b"b"))
    x = read(rds(wrapped), "x.rds")
    assert isinstance(x, RVector)
    assert (x.values.tolist(), names(x)) == ([1, 2], ["a", "b"])
    listed_state = altrep(b"wrap_list", listed(listed(doubles(4)), integers(0, 0)))
    y = read(rds(listed_state), "x.rds")
    assert isinstance(y, RList)
    assert number(y.values[0]) == 4


def test_numbers_kept_as_text() -> None:
    x = read(rds(altrep(b"deferred_string", pairs((b"", integers(7, -(2**31))), end=integers(0)))), "x.rds")
    assert isinstance(x, RStrings)
    assert x.values == ["7", None]


@pytest.mark.parametrize("name", [b"XGBAltrepPointerClass", b"mmap_real", b"vroom_dbl"])
def test_a_class_that_is_not_known_gives_its_state(name: bytes) -> None:
    x = read(rds(altrep(name, item(24, pack(">i", 2) + b"\1\2"), _named(b"a", b"b"))), "x.rds")
    assert isinstance(x, RVector)
    assert (x.values.tolist(), names(x)) == ([1, 2], ["a", "b"])


def test_a_shared_state_gets_no_attributes() -> None:
    read(rds(altrep(b"unknown", NONE, _named(b"a"))), "x.rds")
    assert not NULL.attributes


def test_compiled_calls_may_share_cells() -> None:
    # f(g(x), g(x)): the second g(x) refers to the cell that the first one defined.
    nothing = NONE
    arg = pack(">i", 2) + nothing + pack(">i", 0) + symbol(b"x") + pack(">i", 254) + nothing
    shared = pack(">iii", 244, 0, 6) + nothing + pack(">i", 0) + symbol(b"g") + arg
    second = pack(">i", 2) + nothing + pack(">ii", 243, 0) + pack(">i", 254) + nothing
    whole = pack(">i", 6) + nothing + pack(">i", 0) + symbol(b"f") + pack(">i", 2) + nothing + shared + second
    code = pack(">ii", 21, 1) + integers(12, 1) + pack(">i", 1) + whole
    x = read(rds(code), "x.rds")
    expression = getattr(x, "expression", None)
    assert isinstance(expression, RPairs)
    first, again = expression.values[1:]
    assert first is again
    assert isinstance(first, RPairs)
    assert [text(part) for part in first.values] == ["g", "x"]


def test_a_workspace_of_one_is_read_as_its_object() -> None:
    one = b"RDX2\n" + rds(pairs((symbol(b"fit"), doubles(1))))
    assert number(read(one, "x.RData")) == 1
    assert list(read_workspace(rds(doubles(1)), "x.rds")) == [""]


def test_a_workspace_of_several_names_them() -> None:
    two = b"RDX2\n" + rds(pairs((symbol(b"fit"), doubles(1)), (symbol(b"data"), doubles(2))))
    with pytest.raises(ModelFileError, match="holds 2 objects: fit, data"):
        read(two, "x.RData")


def test_vectors_cannot_be_changed() -> None:
    x = read(rds(doubles(1, 2)), "x.rds")
    assert isinstance(x, RVector)
    assert not x.values.flags.writeable
    assert x.values.dtype == np.float64
