"""A pickled LightGBM estimator whose model was tampered with is one error; the library never sees its text."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from lightgbm import LGBMRegressor

from modelport.errors import ModelFileError
from modelport.frontends.sklearn.loading import load_model


def _pickled(old: str, new: str) -> bytes:
    rows = np.random.default_rng(0).normal(size=(100, 3))
    data = pickle.dumps(LGBMRegressor(n_estimators=2, verbose=-1, n_jobs=1).fit(rows, rows[:, 0]), protocol=2)
    assert len(old) == len(new) and old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left_child=1", "left_child=0"),
        ("split_feature=0", "split_feature=9"),
        ("Tree=1", "Tree=7"),
        ("tree\n", "free\n"),
    ],
)
def test_a_tampered_model_is_one_error(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(_pickled(old, new))
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(path)


def test_the_model_as_it_was_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(_pickled("tree\n", "tree\n"))
    assert load_model(path).model.booster_.num_trees() == 2
