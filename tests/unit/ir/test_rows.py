"""What callers give becomes rows of the contract; what a row holds decides its status."""

import numpy as np
import pandas as pd
import pytest

from modelport.errors import MissingColumnError, SampleError
from modelport.ir.contract import MISSING_STRING, Bound, Contract, Feature, Input, Output, Status
from modelport.ir.intake import rows_from
from modelport.ir.row_check import check_rows, feeds, reason

FEATURES = (
    Feature(name="a", dtype="float64", input="a", missing="accept", infinite="refuse", max_abs=100.0),
    Feature(name="b", dtype="int64", input="b", missing="refuse", numbers=(1.0, 2.0), unknown="refuse"),
    Feature(name="c", dtype="string", input="c", missing="refuse", categories=("x", "y"), unknown="refuse"),
    Feature(name="d", dtype="bool", input="d", missing="accept"),
)
CONTRACT = Contract(
    task="regressor",
    layout="columns",
    inputs=tuple(Input(name=f.name, element="string" if f.dtype == "string" else "double", width=1) for f in FEATURES),
    features=FEATURES,
    outputs=(Output(name="value", role="number", dtype="float64", bound=Bound(kind="exact", reason="")),),
)
GOOD = {"a": 1.0, "b": 1, "c": "x", "d": True}


def status(**values: object) -> str:
    rows, _ = rows_from([{**GOOD, **values}], CONTRACT)
    s, cause = check_rows(rows, CONTRACT)
    return reason(int(s[0]), int(cause[0]), CONTRACT)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "ok"),
        ({"a": None}, "ok"),
        ({"a": np.nan, "d": None}, "ok"),
        ({"a": np.inf}, "infinite: a"),
        ({"a": 100.5}, "out_of_range: a"),
        ({"a": "12.5"}, "ok"),
        ({"a": "twelve"}, "invalid: a"),
        ({"a": "1_0"}, "invalid: a"),
        ({"b": None}, "missing: b"),
        ({"b": 3}, "unknown_category: b"),
        ({"b": 1.5}, "invalid: b"),
        ({"c": None}, "missing: c"),
        ({"c": pd.NA}, "missing: c"),
        ({"c": "z"}, "unknown_category: c"),
        ({"c": ""}, "unknown_category: c"),
        ({"c": MISSING_STRING}, "missing: c"),
        ({"c": 3}, "invalid: c"),
        ({"d": "true"}, "ok"),
        ({"d": 2}, "invalid: d"),
        ({"a": np.inf, "c": None}, "infinite: a"),
        ({"c": 3, "b": None}, "missing: b"),
    ],
)
def test_status_of_a_row(values: dict[str, object], expected: str) -> None:
    assert status(**values) == expected


def test_columns_go_by_name_whatever_their_order() -> None:
    frame = pd.DataFrame({"d": [True, False], "c": ["x", None], "other": [1, 2], "b": [1, 2], "a": [0.5, np.nan]})
    rows, unused = rows_from(frame, CONTRACT)
    assert unused == ("other",)
    assert check_rows(rows, CONTRACT)[0].tolist() == [Status.OK, Status.MISSING]
    tensors = feeds(rows, CONTRACT, np.array([True, False]))
    assert {name: t.shape for name, t in tensors.items()} == dict.fromkeys("abcd", (2, 1))
    assert tensors["a"].dtype == np.float64
    assert tensors["c"].tolist() == [["x"], [""]]


def test_missing_columns_are_all_named() -> None:
    with pytest.raises(MissingColumnError, match="'b', 'd'") as err:
        rows_from({"a": [1.0], "c": ["x"], "dd": [True]}, CONTRACT)
    assert "'dd'" in err.value.fix


def test_an_array_of_another_width_is_refused() -> None:
    with pytest.raises(SampleError, match="3 columns"):
        rows_from(np.zeros((2, 3)), CONTRACT)


def test_no_rows_is_fine() -> None:
    rows, _ = rows_from(pd.DataFrame({name: [] for name in "abcd"}), CONTRACT)
    assert rows.count == 0
    assert check_rows(rows, CONTRACT)[0].shape == (0,)
