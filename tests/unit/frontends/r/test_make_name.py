"""make.names() in Python, against what R 4.2 says."""

import pytest

from modelport.frontends.r.models._matrix_columns import make_name

SAID = {
    "`a`": "X.a.",
    "(a)": "X.a.",
    "_x": "X_x",
    "-1": "X.1",
    "": "X",
    "a b": "a.b",
    ".1": "X.1",
    "..a": "..a",
    "1a": "X1a",
    "NA": "NA.",
    "if": "if.",
    "<5": "X.5",
    "ä": "ä",
    "TRUE": "TRUE.",
}


@pytest.mark.parametrize("given", SAID)
def test_as_r(given: str) -> None:
    assert make_name(given) == SAID[given]
