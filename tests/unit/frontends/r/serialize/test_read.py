"""Small streams made by hand, in each format."""

from struct import pack

import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r.serialize import RVector, read


def test_doubles_in_xdr() -> None:
    found = read(b"X\n" + pack(">iiiii", 2, 0, 0, 14, 2) + pack(">dd", 1.5, -2), "x.rds")
    assert isinstance(found, RVector)
    assert found.values.tolist() == [1.5, -2]


def test_integers_in_text() -> None:
    found = read(b"A\n2\n262146\n131840\n13\n3\n1\nNA\n-7\n", "x.rds")
    assert isinstance(found, RVector)
    assert found.values.tolist() == [1, -(2**31), -7]


@pytest.mark.parametrize("data", [b"", b"X\n", b"hello", b"X\n" + pack(">iiii", 2, 0, 0, 14)])
def test_what_is_no_stream_is_refused(data: bytes) -> None:
    with pytest.raises(ModelFileError):
        read(data, "x.rds")
