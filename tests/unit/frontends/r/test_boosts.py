"""Objects as ada, adabag and caretEnsemble make them, by ``boosts/make_objects.R`` and ``stacks/make_objects.R``, which also
work out what they predict: the packages were not at hand."""

from pathlib import Path

import numpy as np
import pytest

from modelport.frontends.r._model import models
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, as_array, read, texts
from modelport.options import Options
from modelport.pipeline import convert

HERE = Path(__file__).parent
MADE = sorted(path.parent.relative_to(HERE) for path in HERE.glob("*/*/model.rds"))


@pytest.mark.parametrize("name", MADE, ids=str)
def test_predictions_are_those_of_the_package(name: Path, tmp_path: Path) -> None:
    folder = HERE / name
    options = Options(name="m", targets=(), expected=str(folder / "predictions.csv"), ship_sample=True)
    _, report = convert(str(folder / "model.rds"), str(folder / "rows.csv"), tmp_path / "m", options)
    assert report.passed
    assert report.targets["python-ort"].rows == len((folder / "rows.csv").read_text().splitlines()) - 1


def _with(name: str, changes: dict[str, RObject | None]) -> RObject:
    """The object of a file, some elements replaced or, for None, left out."""
    return _changed(read((HERE / name / "model.rds").read_bytes(), name), changes)


def _changed(model: RObject, changes: dict[str, RObject | None]) -> RObject:
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
    reasons = models()["ada"].refuse(_with("boosts/ada-equal", given))
    assert (not reasons) == settled
    assert settled or "depends on its locale" in reasons[0]


def test_what_is_missing_is_told() -> None:
    none = RStrings([])
    assert models()["bagging"].refuse(_with("boosts/adabag-bagging", {"trees": none})) == [
        "the object keeps no trees of rpart"
    ]
    short = RVector("double", np.ones(3))
    reasons = models()["boosting"].refuse(_with("boosts/adabag-boosting", {"weights": short}))
    assert reasons == ["it has not one weight for each of its trees"]


def test_a_stack_that_does_not_tell_what_it_was_shown_is_refused() -> None:
    model = _with("stacks/stack-2-pair", {})
    assert models()["caretStack"].refuse(model) == []
    last = _changed(model["ens_model"], {"trainingData": None})
    assert "nothing in it tells" in models()["caretStack"].refuse(_changed(model, {"ens_model": last}))[0]


def test_a_stack_of_other_columns_or_without_a_last_model_is_refused() -> None:
    beside = _with("stacks/stack-4-pair", {"original_features_included": RStrings(["size"])})
    assert "columns of the row beside" in models()["caretStack"].refuse(beside)[0]
    first = _with("stacks/stack-2-pair", {"ens_model": None})
    assert "nor weights" in models()["caretEnsemble"].refuse(first)[0]
    uneven = _changed(first, {"weights": RVector("double", np.ones(3))})
    assert models()["caretEnsemble"].refuse(uneven) == ["it has not one weight for each model"]


def test_a_list_of_classifiers_of_version_2_is_refused() -> None:
    model = _with("stacks/stack-2-pair", {})["models"]
    assert "depends on the version" in models()["caretList"].refuse(model)[0]


def test_the_first_trees_of_adabag_are_those_of_a_smaller_fit() -> None:
    boosting = models()["boosting"]
    model = _with("boosts/adabag-boosting", {})
    fewer = boosting.arguments["newmfinal"].put(model, 3.0)
    assert boosting.refuse(fewer) == [] and len(fewer["trees"]) == len(fewer["weights"]) == 3
    assert "vardep.summary" in fewer.attributes
    with pytest.raises(ValueError):
        boosting.arguments["newmfinal"].put(model, 8.0)


def test_stumps_that_may_be_even_are_refused() -> None:
    """R gives NA there."""
    found = models()["LogitBoost"]
    model = _with("boosts/logitboost", {})
    assert found.refuse(model) == []
    stumps = model["Stump"]
    assert isinstance(stumps, RVector)
    values = stumps.values.reshape(-1, 3, order="F")
    for fewer in (values[:-1], np.hstack([values] * 3)):
        dim = RVector("integer", np.array(fewer.shape, dtype=np.int32))
        even = RVector("double", fewer.ravel(order="F"), {"dim": dim})
        assert "R gives NA" in found.refuse(_changed(model, {"Stump": even}))[0]
    assert "no names" in found.refuse(_changed(model, {"xNames": None}))[0]


def test_gbm3_is_told_how_many_trees_count() -> None:
    found = models()["GBMFit"]
    model = _with("boosts/gbm3-gaussian", {})
    fewer = found.arguments["n.trees"].put(model, 5.0)
    assert found.refuse(fewer) == [] and as_array(fewer["params"]["num_trees"]).tolist() == [5.0]
    with pytest.raises(ValueError):
        found.arguments["n.trees"].put(model, 13.0)
    assert "not of package gbm3" in found.refuse(_changed(model, {"variables": None}))[0]


def test_rrf_is_a_random_forest_of_another_name() -> None:
    path = HERE.parents[3] / "fixtures/recipes/r/recorded"
    found = sorted(path.glob("random-forest*/model.rds"))
    assert found
    for file in found:
        model = read(file.read_bytes(), file.parent.name)
        same = [v.name for v in models()["RRF"].variables(model, Hints())]
        assert same == [v.name for v in models()["randomForest"].variables(model, Hints())]
        told = models()["RRF"].refuse(model)
        assert told == models()["randomForest"].refuse(model) or "ordered factors" in told[-1]
