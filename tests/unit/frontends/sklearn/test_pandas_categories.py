"""Categories of pandas beyond ASCII: the proof asks what an unknown one does, and ends."""

from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor

from modelport import convert, load


def test_categories_beyond_ascii(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=200), "city": pd.Categorical(rng.choice(["Bonn", "Évry", "東京"], 200))})
    model = LGBMRegressor(n_estimators=3, min_child_samples=2, min_data_per_group=2, verbose=-1)
    model.fit(rows, rows["x"] + 3.0 * (rows["city"] == "東京"))
    bundle = convert(model, rows, output=tmp_path / "m", targets=())
    np.testing.assert_array_equal(load(bundle).predict(rows)["value"], model.predict(rows))
