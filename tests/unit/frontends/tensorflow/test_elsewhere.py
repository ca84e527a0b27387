"""--python: a net of TensorFlow is loaded, exported and asked in another interpreter, and the bundle is the one made here."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.errors import ConfigError, UnsupportedModelError, UntrustedModelError
from modelport.options import Options
from modelport.pipeline import convert


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SavedModel with two signatures."""
    import tensorflow as tf

    class Scorer(tf.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.weights = tf.Variable(np.random.default_rng(1).normal(size=(4, 3)), dtype=tf.float32)

        @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
        def score(self, x: Any) -> Any:
            return {"scores": tf.nn.softmax(x @ self.weights)}

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="word")])
        def told(self, word: Any) -> Any:
            return {"same": tf.identity(word)}

    scorer = Scorer()
    folder = tmp_path_factory.mktemp("saved") / "scorer"
    tf.saved_model.save(scorer, str(folder), signatures={"score": scorer.score, "told": scorer.told})
    return folder


def _options(**given: Any) -> Options:
    return Options(targets=(), python=sys.executable, **given)


def test_a_saved_model(saved: Path, tmp_path: Path) -> None:
    there, report = convert(saved, None, tmp_path / "there" / "net", _options(signature="score"))
    here, _ = convert(saved, None, tmp_path / "here" / "net", Options(targets=(), signature="score"))
    assert report.passed
    assert any("asked by tensorflow" in note for note in report.notes)
    for name in ("model.onnx", "contract.json"):
        assert there.files[name] == here.files[name]


def test_texts_travel(saved: Path, tmp_path: Path) -> None:
    words = {"word": np.array(["Zoë", "", "a"], dtype=object)}
    _, report = convert(saved, words, tmp_path / "net", _options(signature="told"))
    assert report.passed


def test_a_choice_that_is_missing_is_told_here(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it has 2 signatures"):
        convert(saved, None, tmp_path / "net", _options())


def test_files_run_nothing_there(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x + 1)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(UntrustedModelError, match="Lambda"):
        convert(tmp_path / "lambda.keras", None, tmp_path / "net", _options())


def test_an_environment_of_keras_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "net.keras")
    monkeypatch.setattr(keras, "__version__", "2.15.0")
    with pytest.raises(UnsupportedModelError, match=r"Keras is 2\.15\.0 here") as caught:
        convert(tmp_path / "net.keras", None, tmp_path / "net", Options(targets=()))
    assert "SavedModel" in caught.value.fix
