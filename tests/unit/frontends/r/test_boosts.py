"""Objects as packages that were not at hand make them, by ``boosts/make_objects.R``, and what it works out that they predict."""

from pathlib import Path

import numpy as np
import pytest

from modelport.frontends.r._model import models
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, read, texts
from modelport.options import Options
from modelport.pipeline import convert

FOLDER = Path(__file__).parent / "boosts"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/model.rds"))


@pytest.mark.parametrize("name", NAMES)
def test_predictions_are_those_of_the_package(name: str, tmp_path: Path) -> None:
    folder = FOLDER / name
    options = Options(name="m", targets=(), expected=str(folder / "predictions.csv"), ship_sample=True)
    _, report = convert(str(folder / "model.rds"), str(folder / "rows.csv"), tmp_path / "m", options)
    assert report.passed
    assert report.targets["python-ort"].rows == len((folder / "rows.csv").read_text().splitlines()) - 1


def _with(name: str, changes: dict[str, RObject | None]) -> RObject:
    """The object of a file, some elements replaced or, for None, left out."""
    model = read((FOLDER / name / "model.rds").read_bytes(), name)
    assert isinstance(model, RList)
    parts = {**dict(zip(texts(model.attributes["names"]), model.values, strict=True)), **changes}
    kept = {key: value for key, value in parts.items() if value is not None}
    return RList(list(kept.values()), attributes={**model.attributes, "names": RStrings(list(kept))})


def _confusion(*levels: str) -> RVector:
    shape = {
        "dim": RVector("integer", np.array([2, 2], dtype=np.int32)),
        "dimnames": RList([RStrings(list(levels))] * 2),
    }
    return RVector("integer", np.zeros(4, dtype=np.int32), shape)


@pytest.mark.parametrize(
    ("levels", "settled"),
    [
        (("bad", "good"), True),
        (("good", "bad"), True),
        (("B", "a"), False),
        (("b+", "a"), False),
        ((">1", "<1"), False),
    ],
)
def test_levels_that_a_locale_may_sort_otherwise_are_refused(levels: tuple[str, str], settled: bool) -> None:
    given: dict[str, RObject | None] = {"confusion": _confusion(*levels), "terms": None}
    reasons = models()["ada"].refuse(_with("ada-equal", given))
    assert (not reasons) == settled
    assert settled or "depends on its locale" in reasons[0]


def test_what_is_missing_is_told() -> None:
    none = RStrings([])
    assert models()["bagging"].refuse(_with("adabag-bagging", {"trees": none})) == [
        "the object keeps no trees of rpart"
    ]
    short = RVector("double", np.ones(3))
    reasons = models()["boosting"].refuse(_with("adabag-boosting", {"weights": short}))
    assert reasons == ["it has not one weight for each of its trees"]
