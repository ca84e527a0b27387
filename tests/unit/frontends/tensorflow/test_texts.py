"""Keras models that look texts up, and give texts back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import UNSET

from modelport.errors import SampleError, TensorError, UnsupportedModelError
from modelport.runtime import load

CITIES = ["Berlin", "Zürich", "東京", "two words"]


@pytest.fixture(scope="module")
def labelled(keras: Any, tf: Any) -> Any:
    """A city and what it is known by, a label with its score, the city again."""
    layers = keras.layers
    keras.utils.set_random_seed(2)
    city = keras.Input((1,), dtype="string", name="city")
    found = layers.StringLookup(vocabulary=CITIES)(city)
    scores = layers.Dense(3, name="scores")(layers.Flatten()(layers.Embedding(5, 4)(found)))
    best = layers.Lambda(lambda x: tf.argmax(x, axis=-1), output_shape=())(scores)
    label = layers.StringLookup(vocabulary=["no", "yes \U0001f44d", "both"], num_oov_indices=0, invert=True)(best)
    return keras.Model(city, {"scores": scores, "label": label, "again": city})


@pytest.mark.parametrize("form", ["str", "bytes", "object", "tensor"])
def test_every_form_of_text_is_a_sample(form: str, labelled: Any, tf: Any, converted: Any) -> None:
    texts = np.array([["Berlin"], ["東京"], ["nowhere"], ["two words"]], dtype=object)
    sample = {
        "str": texts.astype(str),
        "bytes": np.array([[text.encode()] for (text,) in texts.tolist()]),
        "object": np.array([[text.encode()] for (text,) in texts.tolist()], dtype=object),
        "tensor": tf.constant(texts),
    }[form]
    bundle, report = converted(labelled, {"city": sample})
    assert report.passed
    assert report.rows["probe"] > 150
    given, expected = load(bundle).predict({"city": sample}), labelled(tf.constant(texts))
    assert given["label"].tolist() == [text.decode() for text in expected["label"].numpy().tolist()]
    assert given["again"].tolist() == texts.tolist()
    assert given["scores"] == pytest.approx(expected["scores"].numpy(), rel=1e-5, abs=1e-6)


def test_a_lookup_without_a_place_for_others(keras: Any, converted: Any) -> None:
    city = keras.Input((2,), dtype="string", name="city")
    found = keras.layers.StringLookup(vocabulary=CITIES, num_oov_indices=0)(city)
    model = keras.Model(city, keras.layers.Flatten()(keras.layers.Embedding(4, 2)(found)))
    bundle, report = converted(model, {"city": np.array([["Berlin", "東京"]])})
    assert report.passed
    assert bundle.contract.inputs[0].texts == tuple(sorted(CITIES, key=str.encode))
    with pytest.raises(TensorError, match="'city' holds 'berlin', which the model does not know"):
        load(bundle).predict({"city": [["Berlin", "berlin"]]})


def test_words_of_any_number(keras: Any, converted: Any) -> None:
    """The mean of no word is NaN: the contract wants one at least."""
    layers = keras.layers
    words = keras.Input((None,), dtype="string", name="words")
    found = layers.StringLookup(vocabulary=["a", "b", "c"], mask_token="")(words)
    pooled = layers.GlobalAveragePooling1D()(layers.Embedding(5, 4)(found))
    bundle, report = converted(keras.Model(words, pooled), {"words": np.array([["a", "", "z"], ["b", "c", "a"]])})
    assert report.passed
    assert bundle.contract.inputs[0].texts is UNSET
    assert [axis.least for axis in bundle.contract.axes] == [0, 1]


def test_a_sample_that_is_no_text(labelled: Any, converted: Any) -> None:
    with pytest.raises(SampleError, match="'city' holds what is no text"):
        converted(labelled, {"city": np.array([["Berlin"], [b"\xff"]], dtype=object)})


def _tables(tf: Any, *, branch: bool = False) -> Any:
    """A module with tables of every pair of types, behind a call."""
    made = tf.lookup.KeyValueTensorInitializer

    class Tables(tf.Module):  # type: ignore[misc]  # tensorflow has no types
        def __init__(self) -> None:
            super().__init__()
            self.price = tf.lookup.StaticHashTable(made(["a", "b"], [1.5, 2.5]), -1.0)
            self.word = tf.lookup.StaticHashTable(made(tf.constant([1, 2], tf.int64), ["one", "two"]), "?")
            self.capital = tf.lookup.StaticHashTable(made(["x", "y"], ["X", "Y \U0001f44d"]), "none")

        @tf.function(
            input_signature=[tf.TensorSpec([None], tf.string, "text"), tf.TensorSpec([None], tf.int64, "code")]
        )  # type: ignore[untyped-decorator]  # likewise
        def __call__(self, text: Any, code: Any) -> Any:
            price = self.price.lookup(text)
            if branch:
                price = tf.cond(tf.size(text) > 9, lambda: self.price.lookup(text) * 2.0, lambda: price)
            return {"price": price, "word": self.word.lookup(code), "capital": self.capital.lookup(text)}

    return Tables()


CODES = {"text": np.array(["a", "y", "q"]), "code": np.array([1, 2, 9])}


def test_tables_of_a_saved_model(tf: Any, tmp_path: Path, converted: Any) -> None:
    tf.saved_model.save(_tables(tf), str(tmp_path / "saved"))
    bundle, report = converted(str(tmp_path / "saved"), CODES)
    assert report.passed
    given = load(bundle).predict(CODES)
    assert given["price"].tolist() == [1.5, -1, -1]
    assert given["word"].tolist() == ["one", "two", "?"]
    assert given["capital"].tolist() == ["none", "Y \U0001f44d", "none"]


def test_a_table_in_a_branch_is_refused_by_its_place(tf: Any, converted: Any) -> None:
    with pytest.raises(UnsupportedModelError, match=r"LookupTableFindV2 in cond/.*its table is not known here"):
        converted(_tables(tf, branch=True), CODES)
