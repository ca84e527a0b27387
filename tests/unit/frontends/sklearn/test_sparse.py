"""Whether an estimator of XGBoost gets sparse rows is seen while the original predicts."""

import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBModel, XGBRegressor

from modelport.frontends.sklearn.sparse import sparse_rows

FRAME = pd.DataFrame({"c": list("abcabcab")})
TARGET = np.arange(8.0)


def fitted(**options):
    model = XGBRegressor(n_estimators=2, n_jobs=1)
    return make_pipeline(OneHotEncoder(**options), model).fit(FRAME, TARGET), model


def test_sparse_and_dense_rows_are_told_apart() -> None:
    for dense in (False, True):
        pipeline, model = fitted(sparse_output=not dense)
        predict = XGBModel.predict
        found = sparse_rows(pipeline, lambda row, p=pipeline: p.predict(FRAME[row : row + 1]), len(FRAME))
        assert found == ({} if dense else {id(model): "csr"})
        assert XGBModel.predict is predict


def test_rows_that_are_refused_are_passed_over() -> None:
    pipeline, model = fitted()
    asked = []

    def predict(row: int) -> None:
        asked.append(row)
        pipeline.predict(pd.DataFrame({"c": ["new" if row < 2 else "a"]}))

    assert sparse_rows(pipeline, predict, 8) == {id(model): "csr"}
    assert asked == [0, 1, 2]


def test_an_estimator_by_itself_is_not_asked() -> None:
    assert sparse_rows(XGBRegressor(), lambda row: 1 / 0, 8) == {}
