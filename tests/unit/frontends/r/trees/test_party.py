"""The nodes of partykit, made by hand, as tables."""

from typing import Any

import numpy as np

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


def test_several_thresholds_are_told() -> None:
    kids = [{"id": 2}, {"id": 3}, {"id": 4}]
    given = _node({"varid": 1, "breaks": [1, 2], "index": [1, 2, 3], "prob": [0.2, 0.5, 0.3]}, kids)
    assert party_tree(given, ["x"], [0]).reasons == ["a split has more than one threshold"]
