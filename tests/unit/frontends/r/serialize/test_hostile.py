"""Damaged and hostile files: one clear error each; never a crash, a hang, or memory beyond the limits."""

import bz2
import gzip
import lzma
import random
import time
import tracemalloc
from pathlib import Path
from struct import pack

import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r.serialize import Limits, RList, looks_like_r, read, read_workspace
from tests.unit.frontends.r.serialize._streams import (
    altrep,
    characters,
    doubles,
    integers,
    listed,
    pairs,
    rds,
    symbol,
)

FILES = Path(__file__).parent / "files"
SMALL = Limits(decompressed_bytes=1 << 22, memory_bytes=1 << 22, depth=200)
NONE = pack(">i", 254)
ODD = (-1, -2, 2**31 - 1, -(2**31), 10**8, 65536, 0, 255, 238, 21, 243, 244, 6, 4)


def _refused(data: bytes, limits: Limits = SMALL) -> ModelFileError:
    with pytest.raises(ModelFileError) as found:
        read(data, "x.rds", limits)
    assert found.value.fix
    assert found.value.where == "x.rds"
    return found.value


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no serialized object of R"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"\x04\x22\x4d\x18rest", "LZ4"),
        (b"RDX1\nrest", "left behind in 2001"),
        (b"X\n", "ends early"),
        (b"X\n" + pack(">iii", 4, 0, 0), "version 4"),
        (b"A\n2\n1\n1\nx\n", "no integer"),
        (b"A\n2\n1\n1\n14\n1\nx\n", "no number"),
        (b"A\n2\n1\n1\n24\n1\nfff\n", "no byte"),
        (b"A\n2\n1\n1\n16\n1\n9\n3\nab\n", "no text of 3 bytes"),
        (b"A\n2\n1\n1\n14\n9\n1\n", "length of 9"),
        (rds(doubles(1) + b"\0"), "more follows"),
        (rds(pack(">i", 200)), "unknown type 200"),
        (rds(pack(">ii", 14, -2)), "length of -2"),
        (rds(pack(">ii", 14, 2**30)), "ends early"),
        (rds(pack(">ii", 19, 2**31 - 1)), "ends early"),
        (rds(pack(">iiii", 14, -1, 2**30, 0)), "ends early"),
        (rds(pack(">ii", 16, 2) + pack(">ii", 9, 2**31 - 1)), "ends early"),
        (rds(pack(">ii", 16, 1) + pack(">ii", 13, 0)), "no text"),
        (rds(pack(">i", (7 << 8) | 255)), "reference to object 7 of 0"),
        (rds(pack(">ii", 255, -3)), "reference to object -3"),
        (rds(altrep(b"compact_intseq", doubles(1e15, 1, 1))), "more than 4 MiB of memory"),
        (rds(altrep(b"compact_intseq", doubles(5, 1, 3))), "stored sequence"),
        (rds(altrep(b"compact_realseq", doubles(float("nan"), 1, 1))), "stored sequence"),
        (rds(altrep(b"compact_intseq", integers(1, 2, 3))), "stored sequence"),
        (rds(altrep(b"deferred_string", NONE)), "shown as text"),
        (rds(pack(">ii", 21, 1) + integers(1) + pack(">iii", 1, 243, 5)), "cell 5"),
        (b"RDX2\n" + rds(doubles(1)), "no list of named objects"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, what: str) -> None:
    assert what in _refused(data).what


def test_every_truncation_is_refused() -> None:
    data = gzip.decompress((FILES / "everything_3_gzip.rds").read_bytes())
    for size in range(0, len(data), 7):
        _refused(data[:size])


@pytest.mark.parametrize("name", ["everything_2_xz.rds", "everything_3_bzip2.rds", "everything_3_gzip.rds"])
def test_every_truncation_of_a_compressed_file_is_refused(name: str) -> None:
    data = (FILES / name).read_bytes()
    for size in range(3, len(data) - 1, 29):
        _refused(data[:size])


@pytest.mark.parametrize("name", ["gzip", "native", "ascii", "hex"])
@pytest.mark.parametrize("version", [2, 3])
def test_changed_bytes_never_crash(name: str, version: int) -> None:
    base = gzip.decompress((FILES / f"everything_{version}_{name}.rds").read_bytes())
    chance = random.Random(f"{name}{version}")
    started = time.monotonic()
    for _ in range(400):
        data = bytearray(base)
        for _ in range(chance.choice((1, 1, 3))):
            at = chance.randrange(len(data) - 8)
            how = chance.randrange(3)
            if how == 0:
                data[at] ^= 1 << chance.randrange(8)
            elif how == 1:
                data[at : at + 4] = pack(">i" if name == "gzip" else "<i", chance.choice(ODD))
            else:
                start, size = chance.randrange(len(data) - 8), chance.randrange(1, 200)
                data[at : at + size] = data[start : start + size]
        try:
            read_workspace(bytes(data), "x.rds", SMALL)
        except ModelFileError:
            continue
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("kind", ["lists", "attributes", "calls", "environments", "compiled"])
def test_deep_nesting_is_refused_without_recursion(kind: str) -> None:
    depth = 100_000
    data = {
        "lists": pack(">ii", 19, 1) * depth + NONE,
        "attributes": (pack(">ii", 14 | 0x200, 0) + pack(">i", 2)) * depth + NONE,
        "calls": pack(">i", 6) * depth + NONE,
        "environments": pack(">ii", 4, 0) * depth + NONE,
        "compiled": pack(">ii", 21, 0) + integers() + pack(">i", 1) + pack(">ii", 6, 254) * depth,
    }[kind]
    assert "nest more than 200 deep" in _refused(rds(data), Limits(depth=200)).what


def test_the_depth_of_the_limit_is_read_and_given_back() -> None:
    depth = Limits().depth - 1
    found = read(rds(pack(">ii", 19, 1) * depth + NONE), "x.rds")
    levels = 0
    while isinstance(found, RList):
        found, levels = found.values[0], levels + 1
    assert levels == depth


def test_long_pairlists_are_not_deep() -> None:
    read(rds(pairs(*[(b"", NONE)] * 5000)), "x.rds", SMALL)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_bombs_stop_at_the_limit(compress: object) -> None:
    assert callable(compress)
    bomb = compress(b"X\n" + bytes(64 << 20))
    tracemalloc.start()
    try:
        assert "decompresses to more than 4 MiB" in _refused(bomb).what
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The decoder of xz takes 8 MiB for itself.
    assert peak < 24 << 20


def test_tiny_nodes_stop_at_the_limit() -> None:
    data = rds(listed(*[listed(integers()) for _ in range(40_000)]))
    tracemalloc.start()
    try:
        assert "more than 4 MiB of memory" in _refused(data).what
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_the_memory_that_is_counted_is_what_is_taken() -> None:
    """Nodes of every small kind take no more than the limit that they pass."""
    kinds = [doubles(1), integers(1, 2), characters(b"ab"), symbol(b"ab"), pairs((b"", NONE)), listed(NONE)]
    kinds += [listed(NONE, attributes=pairs((symbol(b"names"), characters(b"a")))), pack(">ii", 4, 0) + NONE * 4]
    for kind in kinds:
        body = rds(listed(*[kind] * 3000))
        limit = 1 << 23
        tracemalloc.start()
        try:
            kept = read(body, "x.rds", Limits(memory_bytes=limit))
            used = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert kept is not None
        assert used < limit
        # And the limit is not a wild guess either.
        with pytest.raises(ModelFileError, match="of memory"):
            read(body, "x.rds", Limits(memory_bytes=used // 2))


def test_shared_cells_cannot_be_copied_without_end() -> None:
    """A long chain that is defined once and then ends many others is copied to each: that is counted."""
    cell = pack(">iiii", 2, 254, 0, 254)
    chain = pack(">ii", 244, 0) + cell * 4000 + pack(">ii", 0, 254)
    other = pack(">iiii", 6, 254, 0, 254) + pack(">ii", 243, 0)
    code = pack(">ii", 21, 1) + integers(1) + pack(">i", 2001) + chain + other * 2000
    assert "more than 4 MiB of memory" in _refused(rds(code)).what


def test_more_members_and_padding_are_read_and_other_bytes_refused() -> None:
    whole = rds(doubles(1))
    halves = gzip.compress(whole[:9]) + gzip.compress(whole[9:])
    read(halves, "x.rds")
    read(halves + bytes(100), "x.rds")
    assert "bytes follow" in _refused(halves + b"rest").what


@pytest.mark.parametrize("data", [b"", b"hello", b"X\nhello", b"\x1f\x8bnot", b"BZhnot", b"\x80\x04\x95pickle"])
def test_what_is_not_of_r_is_not_taken_for_it(data: bytes) -> None:
    assert not looks_like_r(data)
