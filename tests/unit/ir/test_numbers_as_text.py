"""A feature says whether a number is the text of its digits; contracts that do not say it stay the bytes they were."""

import msgspec
import numpy as np

from modelport.ir.contract import Contract, Feature, Input
from modelport.ir.intake import rows_from

PLAIN = Feature(name="cyl", dtype="string", input="cyl", missing="accept", missing_as="none")


def _contract(feature: Feature) -> Contract:
    return Contract(
        task="regressor",
        layout="columns",
        inputs=(Input(name="cyl", element="string", width=1),),
        features=(feature,),
        outputs=(),
    )


def test_what_is_not_said_is_not_written() -> None:
    assert b"numbers_as" not in msgspec.json.encode(_contract(PLAIN))
    told = msgspec.structs.replace(PLAIN, numbers_as="text")
    assert msgspec.json.decode(msgspec.json.encode(told), type=Feature) == told


def test_numbers_are_text_where_it_is_said() -> None:
    told = _contract(msgspec.structs.replace(PLAIN, numbers_as="text"))
    rows, _ = rows_from({"cyl": np.array([4, 6, 8.5])}, told)
    assert rows.columns["cyl"].values.tolist() == ["4", "6", "8.5"]
    assert not rows.invalid


def test_numbers_are_refused_where_it_is_not() -> None:
    rows, _ = rows_from({"cyl": np.array([4, 6, 8])}, _contract(PLAIN))
    assert sorted(rows.invalid) == [0, 1, 2]
