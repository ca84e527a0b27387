"""Predictor gives what the original gives, whatever form the rows come in."""

import threading

import numpy as np
import pandas as pd
import pytest

import modelport
from modelport.errors import MissingColumnError, RowRefusedError


@pytest.fixture(scope="module")
def predictor(bundle_path):
    return modelport.load(bundle_path("forest"))


def test_every_form_of_rows(predictor, made) -> None:
    case = made("forest")
    want = case.model.predict(case.rows)
    text = case.rows.astype(object).where(case.rows.notna(), None)
    forms = [
        case.rows,
        case.rows[list(reversed(case.rows.columns))],
        {name: case.rows[name].to_numpy() for name in case.rows},
        {name: text[name].tolist() for name in text},
        text.to_dict("records"),
        case.rows.convert_dtypes(),
    ]
    for rows in forms:
        got = predictor.predict(rows)
        np.testing.assert_array_equal(got["label"], want)
        np.testing.assert_array_equal(got["probability"], case.model.predict_proba(case.rows))
        assert set(got["status"]) == {"ok"}


@pytest.mark.parametrize("size", [0, 1, 2, 7, 64])
def test_batch_sizes(predictor, made, size: int) -> None:
    case = made("forest")
    got = predictor.predict(case.rows.head(size))
    assert got["probability"].shape == (size, 3)
    np.testing.assert_array_equal(got["label"], case.model.predict(case.rows)[:size])


def test_one_bad_row_leaves_the_others_alone(predictor, made) -> None:
    rows = made("forest").rows.head(5).copy()
    clean = predictor.predict(rows)
    rows.loc[2, "body_mass_g"] = np.inf
    got = predictor.predict(rows)
    assert got["status"].tolist() == ["ok", "ok", "infinite: body_mass_g", "ok", "ok"]
    assert got["label"][2] is None and np.isnan(got["probability"][2]).all()
    keep = [0, 1, 3, 4]
    np.testing.assert_array_equal(got["probability"][keep], clean["probability"][keep])
    with pytest.raises(RowRefusedError, match="infinite: body_mass_g"):
        predictor.predict(rows, strict=True)


def test_a_missing_column_is_named(predictor) -> None:
    with pytest.raises(MissingColumnError, match="bill_depth_mm"):
        predictor.predict(pd.DataFrame({"bill_length_mm": [1.0]}))


def test_eight_threads(predictor, made) -> None:
    case = made("forest")
    want = predictor.predict(case.rows)["probability"]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(5):
            if not np.array_equal(predictor.predict(case.rows)["probability"], want):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "kind"), [("logistic-integer-labels", "i"), ("logistic-two-classes", "b"), ("logistic-float-labels", "f")]
)
def test_labels_keep_their_type(name: str, kind: str, bundle_path, made) -> None:
    case = made(name)
    got = modelport.load(bundle_path(name)).predict(case.rows)["label"]
    assert got.dtype.kind == kind
    np.testing.assert_array_equal(got, case.model.predict(case.rows))
