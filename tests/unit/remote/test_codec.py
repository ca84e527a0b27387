"""What one interpreter sends arrives as it was in the other; what cannot be sent is refused."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from modelport.errors import ToolError
from modelport.remote import Session
from modelport.remote.worker import Codec, read_message, write_message


def there_and_back(value: object) -> object:
    def kept(found: object) -> dict:
        raise TypeError(type(found).__name__)

    codec = Codec(kept, lambda found: found, lambda module, name: (module, name))
    text, blobs = codec.encode(value)
    stream = io.BytesIO()
    write_message(stream, {"value": text}, blobs)
    stream.seek(0)
    message, got = read_message(stream)
    return codec.decode(message["value"], got)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2**70, 0.1, float("inf"), "Zoë", b"\0\xff", [1, (2, "a")], {"a": [1], 2: None}, slice(1, None, 2)],
    ids=repr,
)
def test_plain_values(value: object) -> None:
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.array([[0.1, -0.0], [np.nan, np.inf]]),
        np.float32([0.1]),
        np.array(["a", "bc"]),
        np.array([("x", 1)], dtype=[("name", "U1"), ("n", "i4")]),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.empty((0, 3)),
        np.array(5),
    ],
    ids=lambda a: str(a.dtype),
)
def test_arrays(array: np.ndarray) -> None:
    back = there_and_back(array)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_objects_scalars_matrices_and_tables() -> None:
    objects = np.array([["a", None], [1.5, True]], dtype=object)
    assert there_and_back(objects).tolist() == objects.tolist()
    assert type(there_and_back(np.float32(0.1))) is np.float32
    assert there_and_back(np.dtype("f4")) == np.dtype("f4")
    matrix = scipy.sparse.random(5, 4, 0.5, "csr", random_state=0)
    np.testing.assert_array_equal(there_and_back(matrix).toarray(), matrix.toarray())
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": pd.Series(["x", None], dtype=object)})
    pd.testing.assert_frame_equal(there_and_back(frame), frame)
    assert there_and_back(np.log1p) == ("numpy", "log1p")


def test_what_cannot_be_sent() -> None:
    with pytest.raises(TypeError, match="object"):
        there_and_back([object()])


def test_no_such_interpreter() -> None:
    with pytest.raises(ToolError, match="cannot be started"):
        Session("/no/python")


def test_an_interpreter_that_is_none() -> None:
    with pytest.raises(ToolError, match="stopped"):
        Session("/bin/true")


def test_this_interpreter_answers() -> None:
    session = Session(sys.executable)
    assert session.versions["numpy"] == np.__version__
    session.close()
