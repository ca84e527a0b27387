"""A missing text in a file is what pandas would make of it, NaN; in a caller's own rows it is what stands there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelport

SEX = pd.DataFrame({"sex": np.array(["f", "m", np.nan, "m", "f", "m"] * 5, dtype=object)})
SPECIES = np.array([1, 0, 0, 0, 1, 1] * 5)


@pytest.fixture(scope="module")
def fitted() -> Pipeline:
    model = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"), LogisticRegression()
    )
    return model.fit(SEX, SPECIES)


@pytest.mark.parametrize("form", ["csv", "parquet", "frame"])
def test_it_is_imputed_whatever_the_rows_came_in(fitted: Pipeline, tmp_path: Path, form: str) -> None:
    SEX.to_csv(tmp_path / "rows.csv", index=False)
    SEX.to_parquet(tmp_path / "rows.parquet", index=False)
    rows = SEX if form == "frame" else tmp_path / f"rows.{form}"
    bundle = modelport.convert(fitted, rows, output=tmp_path / "out", name="sexes", targets="none")
    answers = modelport.load(bundle).predict(SEX)
    assert (answers["status"] == "ok").all()
    np.testing.assert_array_equal(answers["label"], fitted.predict(SEX))
    np.testing.assert_allclose(answers["probability"], fitted.predict_proba(SEX), rtol=0, atol=4e-16)


def test_none_is_not_nan(fitted: Pipeline, tmp_path: Path) -> None:
    """The imputer looks for NaN, so None goes on to the encoder, which does not know it."""
    rows = SEX.astype(object).where(SEX.notna(), None)
    bundle = modelport.convert(fitted, rows, output=tmp_path / "out", name="sexes", targets="none")
    answers = modelport.load(bundle).predict(rows)
    np.testing.assert_allclose(answers["probability"], fitted.predict_proba(rows), rtol=0, atol=4e-16)
