"""Keras models that look texts up, and give texts back."""

from typing import Any

import numpy as np
import pytest
from msgspec import UNSET

from modelport.errors import SampleError, TensorError
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
