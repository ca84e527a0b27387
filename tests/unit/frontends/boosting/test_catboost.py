"""What a CatBoost model that cannot be converted gets: one error that says what, where and how to mend it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier, CatBoostRegressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from modelport import convert, load
from modelport.errors import (
    ModelFileError,
    ModelportError,
    NotFittedError,
    SampleError,
    UnsupportedModelError,
    UnsupportedTypeError,
)

SMALL = {"iterations": 5, "depth": 2, "verbose": False, "allow_writing_files": False, "thread_count": 1}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=120), "city": rng.choice(["Oslo", "Rome", "Bonn"], 120)})


@pytest.fixture(scope="module")
def target(rows: pd.DataFrame) -> pd.Series:
    return (rows["x"] > 0) ^ (rows["city"] == "Rome")


@pytest.fixture(scope="module")
def classifier(rows: pd.DataFrame, target: pd.Series) -> CatBoostClassifier:
    return CatBoostClassifier(one_hot_max_size=1, **SMALL).fit(rows, target, cat_features=["city"])


def refused(model: Any, data: Any, folder: Path, kind: type[ModelportError], *words: str) -> None:
    with pytest.raises(kind) as found:
        convert(model, data, output=folder / "m", targets=())
    for word in words:
        assert word in found.value.what
    assert found.value.fix


def test_never_fitted(rows: pd.DataFrame, tmp_path: Path) -> None:
    refused(CatBoostClassifier(), rows, tmp_path, NotFittedError, "CatBoostClassifier")


def test_text_features(rows: pd.DataFrame, target: pd.Series, tmp_path: Path) -> None:
    sentences = rows.assign(words=["a b c", "b c d", "c a"] * 40).drop(columns="city")
    model = CatBoostClassifier(text_features=["words"], **SMALL).fit(sentences, target)
    refused(model, sentences, tmp_path, UnsupportedModelError, "1 text feature(s)")


def test_one_class_alone(rows: pd.DataFrame, tmp_path: Path) -> None:
    numbers = rows[["x"]]
    model = CatBoostClassifier(allow_const_label=True, **SMALL).fit(numbers, np.ones(len(rows), dtype=int))
    refused(model, numbers, tmp_path, UnsupportedModelError, "one class only")


@pytest.mark.parametrize("form", ["cbm", "json"])
def test_files_cut_in_half(classifier: CatBoostClassifier, rows: pd.DataFrame, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"model.{form}"
    classifier.save_model(str(path), format=form)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, rows, tmp_path, ModelFileError, "CatBoost cannot load")


def test_a_file_on_which_the_library_crashes(rows: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    CatBoostRegressor(**SMALL).fit(rows[["x"]], rows["x"]).save_model(str(path), format="json")
    document = json.loads(path.read_text())
    document["oblivious_trees"][0]["splits"][0]["split_index"] = 10**6
    path.write_text(json.dumps(document))
    refused(path, rows[["x"]], tmp_path, ModelFileError, "CatBoost cannot load")


def test_a_category_that_the_sample_lacks(classifier: CatBoostClassifier, rows: pd.DataFrame, tmp_path: Path) -> None:
    refused(classifier, rows[rows["city"] != "Bonn"], tmp_path, SampleError, "'city': 1 of 3 categories")
    refused(classifier, None, tmp_path, SampleError, "'city': 3 of 3 categories")


def test_numbers_where_categories_are_wanted(
    classifier: CatBoostClassifier, rows: pd.DataFrame, tmp_path: Path
) -> None:
    refused(classifier, rows.assign(city=0.5), tmp_path, UnsupportedTypeError, "'city'", "0.5")


@pytest.mark.parametrize("cats", [["size"], ["size", "city"]])
def test_categories_that_pass_through_a_column_transformer(tmp_path: Path, cats: list[str]) -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {"x": rng.normal(size=200), "size": rng.integers(0, 4, 200), "city": rng.choice(["Oslo", "Rome"], 200)}
    )
    target = (rows["x"] > 0) ^ (rows["size"] == 2) ^ (rows["city"] == "Rome")
    columns = ColumnTransformer([("x", StandardScaler(), ["x"]), ("cats", "passthrough", cats)])
    columns.set_output(transform="pandas")
    model = CatBoostClassifier(cat_features=[f"cats__{name}" for name in cats], **SMALL)
    pipeline = make_pipeline(columns, model).fit(rows, target)
    bundle = convert(pipeline, rows, output=tmp_path / "m", targets=())
    features = {feature.name: feature for feature in bundle.contract.features}
    assert (features["size"].dtype, features["size"].numbers) == ("int64", (0.0, 1.0, 2.0, 3.0))
    assert "hash" in bundle.contract.notes[0]
    fresh = pd.DataFrame({"x": [0.1, -0.2, 0.3], "size": [9, 2, 0], "city": ["Rome", "Oslo", "Paris"]})
    assert load(bundle).predict(fresh)["label"].tolist() == pipeline.predict(fresh).tolist()


def test_statistics_that_the_export_mixes_up(rows: pd.DataFrame, tmp_path: Path) -> None:
    twice = ["Borders:TargetBorderCount=3", "Borders:TargetBorderCount=1"]
    target = 3.0 * (rows["city"] == "Rome") + 0.1 * rows["x"]
    model = CatBoostRegressor(simple_ctr=twice, one_hot_max_size=1, **SMALL).fit(rows, target, cat_features=["city"])
    refused(model, rows, tmp_path, UnsupportedModelError, "several TargetBorderCount")


def test_value_and_link_are_the_same_where_there_is_no_link(rows: pd.DataFrame, tmp_path: Path) -> None:
    model = CatBoostRegressor(**SMALL).fit(rows[["x"]], rows["x"])
    bundle = convert(model, rows[["x"]], output=tmp_path / "m", targets=(), outputs=("value", "link"))
    assert [output.name for output in bundle.contract.outputs] == ["value", "link"]
