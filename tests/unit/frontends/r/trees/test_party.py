"""The nodes of partykit, made by hand, as tables."""

from typing import Any

import numpy as np
import pytest

from modelport.frontends.r.serialize import RList, RStrings, RVector
from modelport.frontends.r.trees.party import leaves_of, party_tree


def _r(value: Any) -> Any:
    if isinstance(value, dict):
        return RList([_r(v) for v in value.values()], attributes={"names": RStrings(list(value))})
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return RList([_r(v) for v in value])
    if isinstance(value, bool):
        return RVector("logical", np.array([value], dtype=np.int32))
    return RVector("double", np.atleast_1d(np.array(value, dtype=np.float64)))


def _node(split: dict[str, Any], kids: list[dict[str, Any]]) -> Any:
    return _r({"id": 1, "split": split, "kids": kids})


def test_intervals_are_closed_where_the_split_says() -> None:
    leaves = [{"id": 2}, {"id": 3}]
    rows = np.array([[1.0], [np.nextafter(1.0, 2.0)]])
    for closed, first in ((True, 2), (False, 3)):
        given = _node({"varid": 1, "breaks": 1, "index": [1, 2], "right": closed, "prob": [0.4, 0.6]}, leaves)
        party = party_tree(given, ["x"], [0])
        assert party.ids[leaves_of(party.tree, rows)].tolist() == [first, 3]


def test_a_missing_value_goes_the_likeliest_way_of_several_children() -> None:
    kids = [{"id": 2}, {"id": 3}, {"id": 4}]
    party = party_tree(_node({"varid": 1, "index": [3, 1, 2], "prob": [0.2, 0.5, 0.3]}, kids), ["f"], [3])
    # Two nodes that tell one child each from the rest.
    assert party.reasons == []
    assert party.ids[leaves_of(party.tree, np.array([[1.0], [2.0], [3.0]]))].tolist() == [4, 2, 3]
    assert party.tree.otherwise[party.tree.left >= 0].tolist() == [1, -1]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("order", [[1, 2, 3], [3, 2, 1], [1, 1, 2], [2, 1, 1], None])
def test_intervals_of_several_thresholds(order: list[int] | None, closed: bool) -> None:
    rows = np.array([0.0, 1.0, np.nextafter(1.0, 2.0), 1.5, 2.0, 3.0])
    split = {"varid": 1, "breaks": [1, 2], "right": closed} | ({} if order is None else {"index": order})
    kids = [{"id": number + 2} for number in range(max(order or [3]))]
    party = party_tree(_node(split, kids), ["x"], [0])
    # Source: kidids_split, .bincode.
    interval = np.searchsorted([1.0, 2.0], rows, side="left" if closed else "right")
    assert party.reasons == []
    assert party.ids[leaves_of(party.tree, rows[:, None])].tolist() == [(order or [1, 2, 3])[k] + 1 for k in interval]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ([1, 2, 1], "a split gives a child several intervals that do not meet"),
        ([1, 1, 1], "a split has thresholds that do not part its children"),
        ([1, 2], "a split has thresholds that do not part its children"),
    ],
)
def test_intervals_that_no_threshold_parts(order: list[int], reason: str) -> None:
    given = _node({"varid": 1, "breaks": [1, 2], "index": order}, [{"id": 2}, {"id": 3}])
    assert party_tree(given, ["x"], [0]).reasons == [reason]


def test_a_split_on_codes_needs_a_factor() -> None:
    given = _node({"varid": 1, "index": [1, 2]}, [{"id": 2}, {"id": 3}])
    assert party_tree(given, ["x"], [0]).reasons == ["a split without thresholds is on a column that is no factor"]
