"""The comparison finds what is wrong, and nothing else; no tolerance is given for free."""

import numpy as np
import pytest

from modelport.evidence.compare import compare, ulp_distance
from modelport.evidence.vectors import LabelAnswer, NumberAnswer, Vectors
from modelport.ir.contract import Bound, Contract, Feature, Input, Output
from modelport.ir.rows import Column, Rows

EXACT = Bound(kind="exact", reason="")
CONTRACT = Contract(
    task="classifier",
    layout="columns",
    inputs=(Input(name="a", element="double", width=1),),
    features=(Feature(name="a", dtype="float64", input="a", missing="refuse"),),
    outputs=(
        Output(name="label", role="label", dtype="string", classes=("x", "y"), bound=EXACT),
        Output(name="value", role="number", dtype="float64", bound=EXACT),
    ),
)


def vectors() -> Vectors:
    return Vectors(
        Rows({"a": Column(np.array([1.0, 2.0, np.nan]), np.array([True, True, False]))}, 3),
        {
            "label": LabelAnswer(
                np.array([0, 1, -1], dtype=np.int32), np.array([[True, False], [True, True], [False, False]])
            ),
            "value": NumberAnswer(np.array([1.0, np.inf, np.nan]), np.array([1e-15, 0.0, 0.0])),
        },
        np.array([0, 0, 1], dtype=np.uint8),
        np.array([-1, -1, 0], dtype=np.int32),
        np.zeros(3, dtype=np.uint8),
    )


def given(label=(0, 1, -1), value=(1.0, np.inf, np.nan), status=(0, 0, 1), cause=(-1, -1, 0)):
    return compare(
        vectors(),
        CONTRACT,
        np.array(status, dtype=np.uint8),
        np.array(cause, dtype=np.int32),
        {"label": np.array(label, dtype=np.int32), "value": np.array(value)},
    )


def test_the_same_answers_pass() -> None:
    found = given()
    assert found.passed
    assert (found.flips, found.max_abs, found.max_ulp, found.worst) == (0, 0.0, 0, None)


def test_an_accepted_label_is_no_flip() -> None:
    assert given(label=(0, 0, -1)).passed


@pytest.mark.parametrize("label", [(1, 1, -1), (-1, 1, -1), (0, 1, 0), (7, 1, -1)])
def test_a_flip_is_found(label: tuple[int, ...]) -> None:
    found = given(label=label)
    assert found.flips == 1
    assert not found.passed
    assert found.worst is not None and found.worst.output == "label"


def test_within_the_bound_passes_and_beyond_fails() -> None:
    ulp = np.spacing(1.0)
    assert given(value=(1.0 + 4 * ulp, np.inf, np.nan)).passed
    found = given(value=(1.0 + 5 * ulp, np.inf, np.nan))
    assert (found.over, found.max_ulp) == (1, 5)
    assert found.worst is not None and found.worst.inputs == {"a": 1.0}


@pytest.mark.parametrize(
    "value", [(np.nan, np.inf, np.nan), (1.0, -np.inf, np.nan), (1.0, 1e308, np.nan), (1.0, np.inf, 0.0)]
)
def test_nan_and_infinity_must_be_equal(value: tuple[float, ...]) -> None:
    assert given(value=value).over == 1


@pytest.mark.parametrize("status", [{"status": (0, 1, 1)}, {"cause": (-1, -1, 1)}, {"status": (0, 0, 0)}])
def test_a_wrong_status_is_found(status) -> None:
    found = given(**status)
    assert found.wrong_status == 1
    assert not found.passed


def test_ulps() -> None:
    a = np.array([1.0, -0.0, 5e-324, np.nan])
    b = np.array([np.nextafter(1.0, 2), 0.0, -5e-324, 1.0])
    assert ulp_distance(a, b).tolist() == [1, 0, 2, np.iinfo(np.int64).max]
    assert ulp_distance(np.array([1.0], np.float32), np.array([1.0000001], np.float32)).tolist() == [1]
