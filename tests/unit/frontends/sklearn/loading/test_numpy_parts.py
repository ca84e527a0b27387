"""dtypes, arrays and scalars: what pickling gives comes back; what would make numpy read wild memory does not."""

import io
import pickle

import numpy as np
import pytest

from modelport.frontends.sklearn.loading import numpy_parts as parts
from modelport.frontends.sklearn.loading.machine import Machine, Source, StreamError
from modelport.frontends.sklearn.loading.pickle_reader import all_allowed
from modelport.frontends.sklearn.loading.unpickler import Builder

DTYPES = [
    *(np.dtype(code) for code in "? b B h H i I l L q Q e f d g F D G O S0 S5 U0 U7 V3".split()),
    *(np.dtype(code) for code in (">f8", ">i4", ">U3", "M8[ns]", "M8[D]", "m8[25s]", ">M8[ms]", "M8", "m8")),
    np.dtype([("a", "i8"), ("b", "f4"), ("c", "u1")], align=True),
    np.dtype([("a", "<i2"), ("b", ">f8")]),
    np.dtype({"names": ["x", "y"], "formats": ["f8", "i1"], "offsets": [8, 0], "itemsize": 32}),
    np.dtype([("grid", "f4", (2, 3)), ("n", "i4")]),
]


def reloaded(value: object, protocol: int) -> object:
    return Machine(Source(pickle.dumps(value, protocol)), Builder(all_allowed(), frozenset())).run()


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_dtypes(dtype: np.dtype, protocol: int) -> None:
    again = reloaded([dtype, dtype], protocol)
    assert isinstance(again, list)
    for one in again:
        assert one == dtype
        assert (one.byteorder, one.itemsize, one.flags, one.isalignedstruct, one.hasobject) == (
            *(dtype.byteorder, dtype.itemsize, dtype.flags, dtype.isalignedstruct, dtype.hasobject),
        )
        assert one.fields == dtype.fields
    assert again[0] is again[1]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays(dtype: np.dtype, protocol: int) -> None:
    plain = np.zeros((3, 4), dtype)
    if dtype.kind in "iufcOUS?":
        plain = np.arange(12).reshape(3, 4).astype(dtype)
    arrays = [plain, plain.T, plain[:0], plain[1:, ::2], np.asfortranarray(plain), plain[0, 0:1].reshape(())]
    again = reloaded(arrays, protocol)
    assert isinstance(again, list)
    for one, expected in zip(again, pickle.loads(pickle.dumps(arrays, protocol)), strict=True):  # swaps foreign bytes
        assert one.dtype == expected.dtype
        assert one.shape == expected.shape
        np.testing.assert_array_equal(one, expected)
        assert one.flags.f_contiguous == expected.flags.f_contiguous


@pytest.mark.parametrize("protocol", range(6))
def test_dtypes_that_differ_in_byte_order_only(protocol: int) -> None:
    values = [np.arange(3, dtype=code) for code in ("<i4", ">i4", "<i4", ">i4")]
    again = reloaded([*values, np.dtype("<i4"), np.dtype(">i4")], protocol)
    assert isinstance(again, list)
    assert [one.tolist() for one in again[:4]] == [[0, 1, 2]] * 4
    assert [one.str for one in again[4:]] == ["<i4", ">i4"]
    assert np.dtype("i4").byteorder == "="


@pytest.mark.parametrize("protocol", range(6))
def test_scalars(protocol: int) -> None:
    values = [
        np.float64(0.1),
        np.float32("nan"),
        np.int8(-3),
        np.bool_(True),
        np.str_("ä"),
        np.str_(""),
        np.bytes_(b"x"),
    ]
    values += [np.complex64(1 + 2j), np.datetime64("2020-01-01"), np.timedelta64(3, "h")]
    again = reloaded(values, protocol)
    assert isinstance(again, list)
    assert [(type(v), repr(v)) for v in again] == [(type(v), repr(v)) for v in values]


@pytest.mark.parametrize("protocol", range(6))
def test_masked_arrays(protocol: int) -> None:
    masked = np.ma.MaskedArray([1.5, 2.5, 3.5], mask=[False, True, False], fill_value=9.0)
    again = reloaded(masked, protocol)
    assert isinstance(again, np.ma.MaskedArray)
    assert again.tolist() == [1.5, None, 3.5]
    assert again.fill_value == 9.0
    objects = reloaded(np.ma.MaskedArray(np.array(["a", 1], dtype=object), mask=[True, False]), protocol)
    assert isinstance(objects, np.ma.MaskedArray)
    assert objects.tolist() == [None, 1]


def test_a_matrix() -> None:
    # Only its constructor warns that matrices are not recommended.
    again = reloaded(np.array([[1, 2]]).view(np.matrix), 4)
    assert isinstance(again, np.matrix)


# -- what numpy itself would believe ---------------------------------------------------------------------------------

OBJECT = np.dtype(object)
GOOD = (3, "|", None, None, None, -1, -1, 63)


def test_flags_of_a_dtype_are_not_believed() -> None:
    """numpy takes an object dtype without its flags, and then chosen bytes for pointers."""
    made = parts.dtype_from_state(OBJECT, (3, "|", None, None, None, -1, -1, 0))
    assert made.hasobject
    assert made.flags == OBJECT.flags
    array = np.ndarray((0,), "b")
    with pytest.raises(StreamError):
        parts.set_array(array, (1, (1,), made, False, b"\x41" * 8))
    with pytest.raises(StreamError):
        parts.scalar((made, b"\x41" * 8))
    with pytest.raises(StreamError):
        parts.array_from_buffer((b"\x41" * 8, made, (1,), "C"))


@pytest.mark.parametrize(
    "state",
    [
        None,
        (),
        GOOD[:5],
        (2, *GOOD[1:]),
        ("3", *GOOD[1:]),
        (3, "x", *GOOD[2:]),
        (3, None, *GOOD[2:]),
        (3, "|", None, None, {}, -1, -1, 63),
        (3, "|", None, None, None, 99, -1, 63),
        (3, "|", (OBJECT, (1,)), None, None, 8, 8, 63),
        (3, "|", (np.dtype("i4"), (10**9,)), None, None, 8, 8, 0),
        (3, "|", None, ("a",), {"a": (OBJECT, 0)}, 8, 1, 0),
        (3, "|", None, ("a",), {"a": (np.dtype("f8"), 4)}, 8, 1, 0),
        (3, "|", None, ("a",), {"a": (np.dtype("f8"), -8)}, 8, 1, 0),
        (3, "|", None, ("a",), {"b": (np.dtype("f8"), 0)}, 8, 1, 0),
        (3, "|", None, ("a", "a"), {"a": (np.dtype("f8"), 0)}, 16, 1, 0),
        (3, "|", None, ("a",), {"a": (np.dtype([("x", "i4")]), 0)}, 8, 1, 0),
        (3, "|", None, ("a",), {"a": np.dtype("f8")}, 8, 1, 0),
        (4, "<", None, None, None, -1, -1, 0, ({}, ("eval", 1, 1, 1))),
        (4, "<", None, None, None, -1, -1, 0, ({}, ("ns", 0, 1, 1))),
    ],
)
def test_states_of_dtypes(state: object) -> None:
    with pytest.raises(StreamError):
        parts.dtype_from_state(np.dtype("V8") if state and len(state) > 3 and state[3] else OBJECT, state)  # type: ignore[arg-type, index]


@pytest.mark.parametrize(
    "args",
    [
        (),
        (int,),
        ("f8", "x"),
        ("O,O",),
        ("f8,i4",),
        ("i4, (2,3)f8",),
        ([("a", "O")],),
        ({"names": []},),
        ("f8", 0, 1, 2),
    ],
)
def test_arguments_of_dtypes(args: tuple[object, ...]) -> None:
    with pytest.raises(StreamError):
        parts.dtype_from_args(args)


F8 = np.dtype("f8")


@pytest.mark.parametrize(
    "state",
    [
        None,
        (1, (2,), F8, False),
        (1, (2,), F8, False, b"\0" * 15),
        (1, (2,), F8, False, b"\0" * 17),
        (1, (10**12,), F8, False, b"\0" * 16),
        (1, (-2,), F8, False, b"\0" * 16),
        (1, [2], F8, False, b"\0" * 16),
        (1, (2,), "f8", False, b"\0" * 16),
        (1, (2,), F8, [], b"\0" * 16),
        (1, (2,), F8, False, [0.0, 1.0]),
        (1, (2,), F8, False, "\0" * 16),
        (1, (2,), OBJECT, False, b"\0" * 16),
        (1, (3,), OBJECT, False, [1, 2]),
        (1, (1,), np.dtype([("a", "O")]), False, [(1,)]),
        (1, (10**15,), np.dtype("U0"), False, b""),
        (1, (2**40, 2**40), np.dtype("V0"), False, b""),
        (1, (1,), np.dtype("U1"), False, b"\xff\xff\xff\xff"),
        (1, (1,), np.dtype("?"), False, b"\x02"),
        (1, (1,) * 65, F8, False, b"\0" * 8),
    ],
)
def test_states_of_arrays(state: object) -> None:
    with pytest.raises(StreamError):
        parts.set_array(np.ndarray((0,), "b"), state)


def test_arguments_of_arrays() -> None:
    for args in [(), (np.ndarray, (10**12,), "b"), (np.ndarray, (0,), "O"), (dict, (0,), "b"), (np.memmap, (0,), "b")]:
        with pytest.raises(StreamError):
            parts.blank_array(args)
    with pytest.raises(StreamError):
        parts.blank_masked((np.ma.MaskedArray, np.ma.MaskedArray, (0,), "b"))


def test_arguments_of_buffers() -> None:
    raw = bytes(16)
    for args in [
        (raw, F8, (3,), "C"),
        (raw, F8, (2,), "X"),
        ([], F8, (2,), "C"),
        (io.BytesIO(raw), F8, (2,), "C"),
        (raw, np.dtype("U0"), (2,), "C"),
        (raw, F8, (2,), "K", (5,)),
        (raw, F8),
    ]:
        with pytest.raises((StreamError, ValueError)):
            parts.array_from_buffer(args)


def test_bytes_that_are_no_masked_array() -> None:
    blank = parts.blank_masked((np.ma.MaskedArray, np.ndarray, (0,), b"b"))
    for state in [
        None,
        (1, (2,), F8, False, bytes(16), b"\0", None),
        (1, (2,), F8, False, bytes(8), b"\0\0", None),
        (1, (2,), F8, False, bytes(16), b"\0\0", object()),
        (1, (1,), np.dtype([("a", "f8")]), False, bytes(8), b"\0", None),
    ]:
        with pytest.raises(StreamError):
            parts.set_masked(blank, state)
