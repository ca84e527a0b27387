"""What a LightGBM Booster that cannot be asked exactly gets."""

from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest

from modelport import convert
from modelport.errors import SampleError


def test_an_array_of_large_integers_is_refused_and_a_frame_is_not(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).integers(0, 2**26, (200, 2))
    data = lightgbm.Dataset(rows.astype(np.float64), rows[:, 0] > 2**25)
    booster = lightgbm.train({"verbose": -1, "objective": "binary"}, data, 3)
    with pytest.raises(SampleError, match="2 column\\(s\\) of it beyond 2\\*\\*24"):
        convert(booster, rows, output=tmp_path / "m", targets=())
    convert(booster, rows % 2**24, output=tmp_path / "small", targets=())
    convert(booster, pd.DataFrame(rows), output=tmp_path / "frame", targets=())
