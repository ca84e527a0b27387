"""Boosters convert from files, live and pickled objects alike, and every refusal says what to do."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost

import modelport
from modelport.errors import (
    ConfigError,
    MissingColumnError,
    ModelFileError,
    SampleError,
    UnsupportedModelError,
    UnsupportedTypeError,
)

_rng = np.random.default_rng(0)
ROWS = _rng.normal(size=(120, 3))
TARGET = (ROWS[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def booster() -> xgboost.Booster:
    data = xgboost.DMatrix(ROWS, TARGET, feature_names=["a", "b", "c"])
    return xgboost.train({"objective": "binary:logistic", "max_depth": 2, "nthread": 1}, data, 3)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["a", "b", "c"])


def convert(model, rows, folder: Path, **options):
    return modelport.convert(model, rows, output=folder / "bundle", targets=(), **options)


@pytest.mark.parametrize("suffix", ["json", "ubj", "pkl"])
def test_a_file_predicts_as_the_object(booster, frame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"model.{suffix}"
    if suffix == "pkl":
        path.write_bytes(pickle.dumps(booster))
    else:
        booster.save_model(path)
    bundle = convert(path, frame, tmp_path)
    given = modelport.load(bundle).predict(frame[["c", "a", "b"]])
    wanted = booster.predict(xgboost.DMatrix(frame))
    np.testing.assert_array_equal(given["label"], (wanted > 0.5).astype(int))
    np.testing.assert_allclose(given["probability"][:, 1], wanted, rtol=3e-7)
    assert bundle.contract.output("label").classes == (0, 1)
    assert any("XGBClassifier" in note for note in bundle.contract.notes)


def test_margins_are_the_same_float(booster, frame, tmp_path: Path) -> None:
    given = modelport.load(convert(booster, frame, tmp_path, outputs=("score",))).predict(frame)
    np.testing.assert_array_equal(given["score"], booster.predict(xgboost.DMatrix(frame), output_margin=True))


def test_no_sample_is_needed(booster, frame, tmp_path: Path) -> None:
    assert [f.name for f in convert(booster, None, tmp_path).contract.features] == ["a", "b", "c"]


def test_rows_that_do_not_fit(booster, frame, tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="'b'"):
        convert(booster, frame[["a", "c"]], tmp_path)
    with pytest.raises(SampleError, match="2 columns"):
        convert(booster, ROWS[:, :2], tmp_path)
    with pytest.raises(UnsupportedTypeError, match="'c'"):
        convert(booster, frame.assign(c="text"), tmp_path)
    with pytest.raises(ConfigError, match="'value'"):
        convert(booster, frame, tmp_path, outputs=("value",))


def test_a_booster_without_trees(tmp_path: Path) -> None:
    empty = xgboost.train({}, xgboost.DMatrix(ROWS, TARGET), 0)
    with pytest.raises(UnsupportedModelError, match="no trees"):
        convert(empty, ROWS, tmp_path)


def test_a_file_cut_in_half(booster, frame, tmp_path: Path) -> None:
    path = tmp_path / "model.ubj"
    data = bytes(booster.save_raw("ubj"))
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelFileError, match="ends early"):
        convert(path, frame, tmp_path)
    assert list(tmp_path.iterdir()) == [path]
