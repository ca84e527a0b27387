"""What cannot be converted, and rows that do not fit, get one error that names all of it by its path."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import DBSCAN
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import ClassifierChain
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from modelport.errors import (
    ModelportError,
    NotFittedError,
    SampleError,
    UnknownModelError,
    UnsupportedModelError,
    UnsupportedTypeError,
)
from modelport.options import Options
from modelport.pipeline import convert

FRAME = pd.DataFrame(np.random.default_rng(0).normal(0, 1, (60, 3)), columns=["a", "b", "c"])
LABELS = np.where(FRAME["a"] + FRAME["b"] > 0, "yes", "no")


class Unknown(TransformerMixin, BaseEstimator):
    """A transformer that nobody has a converter for."""

    def fit(self, X: Any, y: Any = None) -> "Unknown":
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Any) -> Any:
        return X


def refused(model: Any, rows: Any, tmp_path: Path, kind: type[ModelportError]) -> str:
    with pytest.raises(kind) as caught:
        convert(model, rows, tmp_path / "out", Options(name="m", targets=()))
    assert caught.value.what and caught.value.where and caught.value.fix
    return caught.value.what


def test_every_part_is_named_by_its_path(tmp_path: Path) -> None:
    prepare = ColumnTransformer(
        [("num", make_pipeline(StandardScaler(), Unknown()), ["a", "b"]), ("rest", Unknown(), ["c"])]
    )
    inside = Pipeline([("prepare", prepare), ("chain", VotingClassifier([("first", LogisticRegression())]))])
    model = GridSearchCV(inside, {"chain__voting": ["hard"]}, cv=2).fit(FRAME, LABELS)
    what = refused(model, FRAME, tmp_path, UnsupportedModelError)
    assert what.startswith("2 part(s)")
    assert "best_estimator_ → prepare → num → unknown → Unknown and 1 more like it" in what


def test_parts_that_are_alike_are_counted(tmp_path: Path) -> None:
    model = BaggingClassifier(make_pipeline(Unknown(), LogisticRegression()), n_estimators=7).fit(
        FRAME.to_numpy(), LABELS
    )
    what = refused(model, FRAME.to_numpy(), tmp_path, UnsupportedModelError)
    assert what.startswith("7 part(s)")
    assert "estimators_[0] → unknown → Unknown and 6 more like it" in what


def test_a_class_of_the_main_module_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unknown, "__module__", "__main__")
    model = make_pipeline(Unknown(), LogisticRegression()).fit(FRAME, LABELS)
    assert "no converter for __main__.Unknown" in refused(model, FRAME, tmp_path, UnsupportedModelError)


def test_a_search_without_a_fitted_estimator(tmp_path: Path) -> None:
    model = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2, refit=False).fit(FRAME, LABELS)
    assert "refit=False" in refused(model, FRAME, tmp_path, UnsupportedModelError)


def test_a_chain_by_logarithms(tmp_path: Path) -> None:
    several = np.stack([LABELS == "yes", FRAME["c"] > 0], axis=1).astype(int)
    model = ClassifierChain(LogisticRegression(), chain_method="predict_log_proba").fit(FRAME, several)
    assert "chain_method" in refused(model, FRAME, tmp_path, UnsupportedModelError)


def test_an_inverse_that_is_not_known(tmp_path: Path) -> None:
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import KBinsDiscretizer

    bins = KBinsDiscretizer(3, encode="ordinal", quantile_method="averaged_inverted_cdf")
    model = TransformedTargetRegressor(Ridge(), transformer=bins, check_inverse=False).fit(FRAME, FRAME["a"])
    assert "no inverse_transform of sklearn.preprocessing.KBinsDiscretizer" in refused(
        model, FRAME, tmp_path, UnsupportedModelError
    )


def test_what_was_never_fitted_is_named_inside_too(tmp_path: Path) -> None:
    model = Pipeline(
        [("scale", StandardScaler().fit(FRAME)), ("vote", VotingClassifier([("a", LogisticRegression())]))]
    )
    assert "vote → VotingClassifier" in refused(model, FRAME, tmp_path, NotFittedError)


def test_a_transformer_without_columns_need_not_be_fitted(tmp_path: Path) -> None:
    prepare = ColumnTransformer([("none", StandardScaler(), []), ("all", StandardScaler(), ["a", "b", "c"])])
    model = make_pipeline(prepare, DecisionTreeClassifier(max_depth=2)).fit(FRAME, LABELS)
    _, report = convert(model, FRAME, tmp_path / "out", Options(name="m", targets=()))
    assert report.passed


def test_a_pipeline_whose_first_step_passes_on(tmp_path: Path) -> None:
    model = Pipeline([("nothing", "passthrough"), ("tree", DecisionTreeClassifier(max_depth=2))]).fit(FRAME, LABELS)
    _, report = convert(model, FRAME, tmp_path / "out", Options(name="m", targets=()))
    assert report.passed


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pd.Series(pd.Timestamp("2024-02-29"), index=FRAME.index), "holds Timestamp"),
        (pd.Series(pd.Timedelta(1, "D"), index=FRAME.index), "holds Timedelta"),
        (pd.Series([1, "x"] * 30, dtype=object), r"several types \(int, str\)"),
        (pd.Series([[1]] * 60), "holds list"),
    ],
    ids=["dates", "times", "mixed", "lists"],
)
def test_columns_that_no_target_has_a_type_for(column: Any, says: str, tmp_path: Path) -> None:
    model = DecisionTreeClassifier(max_depth=2).fit(FRAME[["a", "b"]], LABELS)
    rows = FRAME[["a"]].assign(b=column)
    with pytest.raises(UnsupportedTypeError, match=rf"'b': (holds values of )?.*{says}"):
        convert(model, rows, tmp_path / "out", Options(name="m", targets=()))


def test_an_encoder_of_dates(tmp_path: Path) -> None:
    rows = pd.DataFrame({"when": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(60) % 5, "D")})
    model = make_pipeline(OrdinalEncoder(), DecisionTreeClassifier(max_depth=2)).fit(rows, LABELS)
    assert "'when': holds Timestamp" in refused(model, rows, tmp_path, UnsupportedTypeError)


def test_text_that_reaches_a_tree(tmp_path: Path) -> None:
    model = DecisionTreeClassifier(max_depth=2).fit(FRAME, LABELS)
    rows = FRAME.assign(c="deep")
    assert "'c'" in refused(model, rows, tmp_path, UnsupportedTypeError)


def test_sparse_rows(tmp_path: Path) -> None:
    rows = scipy.sparse.csr_matrix(FRAME.to_numpy())
    what = refused(LogisticRegression().fit(rows, LABELS), rows, tmp_path, SampleError)
    assert "csr_matrix is sparse" in what


def test_truth_values_with_gaps_are_told_from_other_types(tmp_path: Path) -> None:
    frame = FRAME.assign(k=pd.array([True, False, None] * 20, dtype="boolean"))
    model = make_pipeline(
        ColumnTransformer([("k", SimpleImputer(strategy="most_frequent"), ["k"])], remainder="passthrough"),
        LogisticRegression(),
    ).fit(frame, LABELS)
    assert "truth values and gaps" in refused(model, frame, tmp_path, UnsupportedTypeError)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(FRAME.to_numpy(), columns=["a", "a", "b"])
    assert "one name: 'a'" in refused(LogisticRegression().fit(FRAME, LABELS), frame, tmp_path, SampleError)


def test_what_is_no_model_is_told_where_one_is(tmp_path: Path) -> None:
    fitted = {"model": LogisticRegression().fit(FRAME, LABELS), "score": 0.9}
    with pytest.raises(UnknownModelError) as caught:
        convert(fitted, FRAME, tmp_path / "out", Options(name="m", targets=()))
    assert "under 'model'" in caught.value.fix
    with pytest.raises(UnknownModelError, match="is a class") as caught:
        convert(LogisticRegression, FRAME, tmp_path / "out", Options(name="m", targets=()))
    assert "call fit()" in caught.value.fix


def test_what_clusters_only_its_own_rows(tmp_path: Path) -> None:
    assert "nothing about new rows" in refused(DBSCAN().fit(FRAME), FRAME, tmp_path, UnsupportedModelError)
