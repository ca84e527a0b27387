"""Vectorizers: what a text step counts is what scikit-learn counts; what is not shared is refused by name."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fixtures.recipes.sklearn.text import reviews
from modelport.errors import NotFittedError, SampleError, UnsupportedModelError, UnsupportedTypeError
from modelport.frontends._spec import Converted, LoadedModel, Request
from modelport.frontends.sklearn.convert import convert
from modelport.ir.text.analyzer import Analyzer
from tests.unit.ir.text.fuzz import random_texts

TEXTS = [*reviews()["review"], *random_texts(3, 150)]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"lowercase": False},
    {"strip_accents": "ascii"},
    {"strip_accents": "unicode", "ngram_range": (1, 3)},
    {"stop_words": "english", "ngram_range": (2, 2)},
    {"stop_words": ["the", "a", "it"], "binary": True},
    {"token_pattern": r"\w+(?:[-']\w+)*"},
    {"token_pattern": r"#?(\w\w)\w*", "max_features": 40},
    {"token_pattern": r"(?i)[a-z\u00df]+|\d"},
    {"analyzer": "char", "ngram_range": (1, 4)},
    {"analyzer": "char", "ngram_range": (3, 3), "strip_accents": "unicode", "lowercase": False},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
    {"analyzer": "char_wb", "ngram_range": (1, 1), "strip_accents": "ascii"},
    {"analyzer": "char_wb", "ngram_range": (9, 12)},
]


def converted(model: Any, rows: Any = None) -> Converted:
    return convert(LoadedModel(model), Request(rows))


def dense(model: Any, step_of: Any, texts: list[str]) -> np.ndarray:
    (step,) = converted(step_of).program.contract.text_steps
    counter = Analyzer(step, own_tables=True)
    counts = np.zeros((len(texts), step.width))
    for row, text in enumerate(texts):
        for index, count in counter.counts(text).items():
            counts[row, index] = count
    return counts


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_counts_are_those_of_the_original(options: dict[str, Any]) -> None:
    model = CountVectorizer(**options).fit(TEXTS)
    fresh = [*random_texts(4, 100), *(text.upper() for text in TEXTS[:30])]
    np.testing.assert_array_equal(dense(model, model, fresh), model.transform(fresh).toarray())


@pytest.mark.parametrize("options", [o for o in OPTIONS if "max_features" not in o], ids=str)
@pytest.mark.parametrize("signed", [True, False])
def test_hashes_are_those_of_the_original(options: dict[str, Any], signed: bool) -> None:
    model = HashingVectorizer(**options, n_features=37, norm=None, alternate_sign=signed)
    fresh = random_texts(5, 100)
    np.testing.assert_array_equal(dense(model, model, fresh), model.transform(fresh).toarray())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tokenizer": str.split, "token_pattern": None}, "tokenizer is a Python callable"),
        ({"analyzer": str.split}, "analyzer is a Python callable"),
        ({"preprocessor": str.lower}, "preprocessor is a Python callable"),
        ({"strip_accents": str.upper}, "strip_accents is a Python callable"),
        (
            {"token_pattern": r"(\w)\1"},
            r"token_pattern '\(\\\\w\)\\\\1' is none that all runtimes share: .*back reference",
        ),
        ({"dtype": np.int8}, "dtype=int8 is too narrow"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_not_shared_is_refused(options: dict[str, Any], said: str) -> None:
    model = CountVectorizer(**options).fit(["aab bb", "cc dd aab"])
    with pytest.raises(UnsupportedModelError, match=said):
        converted(model)


@pytest.mark.parametrize(
    "rows",
    [
        TEXTS[:9],
        tuple(TEXTS[:9]),
        np.array(TEXTS[:9]),
        np.array(TEXTS[:9], dtype=object),
        np.array(TEXTS[:9], dtype=object)[:, None],
        pd.Series(TEXTS[:9], name="review"),
        pd.DataFrame({"review": TEXTS[:9]}),
        [*TEXTS[:9], None],
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_texts_come_in_many_shapes(rows: Any) -> None:
    found = converted(CountVectorizer().fit(TEXTS), rows)
    (feature,) = found.program.contract.features
    named = isinstance(rows, pd.Series | pd.DataFrame)
    assert (feature.name, feature.dtype, feature.input) == ("review" if named else "text", "string", None)
    assert found.sample.columns[feature.name].values[0] == TEXTS[0]


def test_what_is_no_column_of_texts() -> None:
    model = CountVectorizer().fit(TEXTS)
    with pytest.raises(UnsupportedTypeError, match="reads text, the sample holds numbers"):
        converted(model, np.ones((3, 1)))
    with pytest.raises(SampleError, match="has 2 columns"):
        converted(model, reviews()[["review", "price"]])
    with pytest.raises(SampleError, match="such as 'half"):
        converted(model, ["fine", "half \ud83d"])
    with pytest.raises(NotFittedError):
        converted(CountVectorizer())


def test_a_vocabulary_that_was_given_needs_no_fit() -> None:
    found = converted(CountVectorizer(vocabulary={"good": 1, "bad": 0}))
    assert found.program.contract.text_steps[0].tables.terms == ("bad", "good")


def test_terms_that_no_text_can_be_keep_their_column() -> None:
    model = CountVectorizer(vocabulary={"good": 0, "\ud83d": 1, ("a", "b"): 2}, lowercase=False)
    model.transform(["good"])
    (step,) = converted(model).program.contract.text_steps
    assert step.width == 3
    assert Analyzer(step).counts("good \ue000no term") == {0: 1}


def test_one_text_may_be_read_in_many_ways() -> None:
    frame = reviews()
    model = ColumnTransformer(
        [
            ("words", TfidfVectorizer(), "review"),
            ("characters", HashingVectorizer(analyzer="char", n_features=8), "review"),
            ("number", "passthrough", ["price"]),
        ]
    ).fit(frame[["review", "price"]])
    contract = converted(model, frame).program.contract
    assert [step.feature for step in contract.text_steps] == ["review", "review"]
    assert [(tensor.element, tensor.width) for tensor in contract.inputs] == [
        ("double", 1),
        ("int64", None),
        ("double", None),
        ("int64", None),
        ("double", None),
    ]
    assert [(feature.name, feature.input) for feature in contract.features] == [("review", None), ("price", "price")]


@pytest.mark.parametrize(
    ("after", "width"),
    [
        (LogisticRegression(), 0),
        (RandomForestClassifier(3, max_depth=2, random_state=0), 9),
        (make_pipeline(SelectKBest(k=7), LogisticRegression()), 0),
    ],
    ids=["linear", "trees", "selected"],
)
def test_the_graph_makes_whole_rows_only_where_it_must(after: Any, width: int) -> None:
    frame = reviews()
    model = make_pipeline(TfidfVectorizer(), after).fit(frame["review"], frame["good"])
    (step,) = converted(model).program.contract.text_steps
    assert step.dense_width <= width < step.width
