"""The opcode machine against Python's own unpickler on plain data, and what it refuses."""

import pickle
from collections.abc import Sequence

import pytest

from modelport.frontends.sklearn.loading.machine import Machine, Source, StreamError, checked_keys, shown
from tests.unit.frontends.sklearn.loading._streams import framed, text


class Nothing:
    """A world that allows nothing."""

    replaced: tuple[type, ...] = ()

    def find(self, module: str, name: str) -> object:
        raise StreamError(f"name {module} {name}")

    def call(self, function: object, args: tuple[object, ...]) -> object:
        raise StreamError("call")

    def new(self, cls: object, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        raise StreamError("new")

    def build(self, target: object, state: object, source: Source) -> object:
        raise StreamError("build")

    def append(self, target: object, items: Sequence[object]) -> None:
        raise StreamError("append")

    def put(self, target: object, pairs: Sequence[tuple[object, object]]) -> None:
        raise StreamError("put")


def run(data: bytes) -> object:
    return Machine(Source(data), Nothing()).run()


SHARED = ["x"]
PLAIN = [
    None,
    True,
    [1, -1, 255, 256, 65535, 65536, -(2**31), 2**31, 2**63, -(2**100), 2**3000],
    [0.0, -0.0, 1.5, float("inf"), 1e-310],
    ["", "text", "Grüße", "\U0001f600", "\ud800", "line\nbreak\\", "x" * 300],
    (b"", b"bytes", b"\x00\xff" * 200) if pickle.HIGHEST_PROTOCOL >= 3 else (),
    (),
    (1,),
    (1, 2),
    (1, 2, 3),
    (1, 2, 3, 4),
    {"a": [1, {"b": ()}], 1: 2, None: 3, (1, "x"): 4},
    [SHARED, SHARED, (SHARED,)],
    list(range(3000)),
]


@pytest.mark.parametrize("protocol", range(3, 6))
@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_values(value: object, protocol: int) -> None:
    assert run(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", range(3))
@pytest.mark.parametrize("value", [v for v in PLAIN if "bytes" not in repr(v)], ids=lambda value: type(value).__name__)
def test_plain_values_of_old_protocols(value: object, protocol: int) -> None:
    assert run(pickle.dumps(value, protocol)) == value


def test_sets_and_identity() -> None:
    assert run(pickle.dumps({1, "a", (2, 3)}, 4)) == {1, "a", (2, 3)}
    assert run(pickle.dumps(frozenset({1, 2}), 4)) == frozenset({1, 2})
    first, second, third = run(pickle.dumps([SHARED, SHARED, SHARED], 5))  # type: ignore[misc]
    assert first is second is third
    ring: list[object] = []
    ring.append(ring)
    again = run(pickle.dumps(ring))
    assert isinstance(again, list)
    assert again[0] is again


def test_bytearray_of_protocol_5() -> None:
    assert run(pickle.dumps(bytearray(b"abc"), 5)) == bytearray(b"abc")


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (b"", "exhausted"),
        (b"\x80\x04", "exhausted"),
        (b"\x80\x06N.", "protocol 6"),
        (b"\xffN.", "unknown"),
        (b".", "stack empty"),
        (b"a.", "stack empty"),
        (b"(.", "stack empty"),
        (b"0.", "stack empty"),
        (b"e.", "no mark"),
        (b"h\x05.", "never filled"),
        (b"g7\n.", "never filled"),
        (b"}(K\x01u.", "a key without a value"),
        (b"K\x01K\x02\x93.", "two strings"),
        (b"]K\x01R.", "not a tuple"),
        (b"]]\x81.", "not a tuple"),
        (b"](K\x01\x90.", "adds items to a list"),
        (b"(o.", "OBJ without a class"),
        (b"})K\x01\x92.", "keywords"),
        (b"I12x\n.", "invalid literal"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.", "remain"),
        (b"\x8b\xff\xff\xff\xffx.", "byte count < 0"),
        (b"I" + b"9" * 10000 + b"\n.", "digits"),
        (b"cposix\nsystem\n.", "name posix system"),
        (b"K\x01K\x02a.", "append"),
    ],
)
def test_refusals(stream: bytes, told: str) -> None:
    with pytest.raises(StreamError, match=told):
        run(stream)


def test_python2_names() -> None:
    for stream, told in [(b"\x80\x02c__builtin__\nxrange\n.", "builtins range"), (b"ccopy_reg\nx\n.", "copyreg x")]:
        with pytest.raises(StreamError, match=told):
            run(stream)
    with pytest.raises(StreamError, match="__builtin__ xrange"):
        run(b"\x80\x04" + text("__builtin__") + text("xrange") + b"\x93.")


def test_a_key_that_takes_for_ever_to_hash() -> None:
    nested = b")" + b"\x94h\x00h\x00\x86" + b"".join(b"\x94h" + bytes([i, 104, i]) + b"\x86" for i in range(1, 60))
    with pytest.raises(StreamError, match="nested too deeply"):
        run(framed(b"}" + nested + b"K\x01s"))
    with pytest.raises(StreamError, match="nested too deeply"):
        run(framed(b"\x8f(" + nested + b"\x90"))
    assert run(framed(nested)) is not None  # as a value it is harmless


def test_keys() -> None:
    class Odd:
        def __hash__(self) -> int:
            raise AssertionError("its hash ran")

        def __eq__(self, other: object) -> bool:
            return False

    with pytest.raises(StreamError, match="Odd"):
        checked_keys([Odd()])
    with pytest.raises(StreamError, match="Odd"):
        checked_keys([(1, (Odd(),))])
    assert checked_keys([1, "a", (1, (2,)), int, object]) is not None
    with pytest.raises(StreamError, match="list"):
        checked_keys([[]])


def test_shown_never_calls_repr() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise AssertionError("its repr ran")

    deep: tuple[object, ...] = ()
    for _ in range(100):
        deep = (deep, deep)
    assert shown(Odd()) == "<Odd>"
    assert shown((Odd(), deep, "x", 1, 2)) == "(<Odd>, (…), 'x', 1)"
    assert shown(None) == "None"
    assert len(shown("x" * 1000)) <= 60
