"""Weights of large models stay out of TensorFlow's graph and become initializers; here small ones are taken for large."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from modelport.frontends.tensorflow.graph import weights_apart

_RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_apart, "_LARGE_BYTES", 0)
    monkeypatch.setattr(weights_apart, "_LEAST_BYTES", 0)


def _pictures(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((12, 12, 3))
    y = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(x)
    y = layers.BatchNormalization()(layers.SeparableConv2D(8, 3)(layers.DepthwiseConv2D(3, depth_multiplier=2)(y)))
    y = layers.Conv2DTranspose(4, 3, strides=2)(y)
    return keras.Model(x, layers.Dense(5)(layers.Flatten()(y)))


def _words(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((None,), dtype="int32", name="words")
    y = layers.Embedding(40, 16)(x)
    y = layers.LSTM(12, return_sequences=True)(y) + layers.Bidirectional(layers.GRU(6, return_sequences=True))(y)
    y = layers.MultiHeadAttention(2, 6)(y, y)
    return keras.Model(x, layers.Dense(3)(layers.GlobalAveragePooling1D()(y)))


def _shared(keras: Any) -> Any:
    layers = keras.layers
    twice = layers.Dense(7, activation="tanh")
    one, two = keras.Input((7,)), keras.Input((7,))
    return keras.Model([one, two], layers.EinsumDense("ab,bc->ac", 4)(twice(twice(one)) - twice(two)))


@pytest.mark.parametrize(
    ("make", "sample", "dynamic"),
    [
        (_pictures, _RNG.normal(size=(2, 12, 12, 3)).astype(np.float32), ()),
        (_words, _RNG.integers(0, 40, (2, 6)).astype(np.int32), ("words:1=length",)),
        (_shared, None, ()),
    ],
    ids=["pictures", "words", "shared"],
)
def test_the_same_predictions_with_all_weights(
    keras: Any, converted: Callable[..., Any], make: Callable[[Any], Any], sample: Any, dynamic: tuple[str, ...]
) -> None:
    keras.backend.clear_session()
    keras.utils.set_random_seed(4)
    bundle, report = converted(make(keras), sample, dynamic=dynamic)
    assert report.passed
    graph = onnx.load_from_string(bundle.files["model.onnx"]).graph
    assert [value.name for value in graph.input] == [one.name for one in bundle.contract.inputs]
    named = {tensor.name for tensor in graph.initializer}
    assert any(name.startswith(("conv2d", "embedding", "dense")) for name in named)
    # Kernels are turned once, and not in every call.
    produced = {name for node in graph.node for name in node.output}
    turned = [node for node in graph.node if node.op_type == "Transpose" and node.input[0] not in produced]
    assert all(node.input[0] in {value.name for value in graph.input} for node in turned)


def test_of_a_saved_model_too(keras: Any, converted: Callable[..., Any], tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    _words(keras).export(str(tmp_path / "saved"), verbose=False)
    bundle, report = converted(tmp_path / "saved", {"words": _RNG.integers(0, 40, (2, 6)).astype(np.int32)})
    assert report.passed
    names = {tensor.name for tensor in onnx.load_from_string(bundle.files["model.onnx"]).graph.initializer}
    assert any("embeddings" in name for name in names)
