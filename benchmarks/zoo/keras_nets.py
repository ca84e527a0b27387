"""The nets of keras.applications at the sizes in which they are used, and others of Keras, with random weights."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.zoo.bare import bare_keras
from benchmarks.zoo.nets import Net
from fixtures.recipes.tensorflow._common import settled, spread
from fixtures.recipes.torch._common import tokens

__all__ = ["NETS"]


def _picture(name: str, size: int = 224, low: float = -1.0, high: float = 1.0) -> Net:
    """A net of keras.applications for pixels of that range: 0 to 255 where it scales them itself."""

    def pixels(count: int) -> np.ndarray:
        return np.random.default_rng(20).uniform(low, high, (count, size, size, 3)).astype(np.float32)

    def make() -> Any:
        from modelport.frontends.tensorflow.framework import keras

        keras().utils.set_random_seed(20)
        # Scores before the softmax, which random weights drive to 0 and 1: there they would say little.
        made = getattr(keras().applications, name)(
            weights=None, input_shape=(size, size, 3), classifier_activation=None
        )
        return spread(settled(made), pixels(8))

    return Net(f"keras {name}", make, lambda: pixels(2), bare=bare_keras)


def _sequence(name: str, layers: Callable[[Any, Any], Any]) -> Net:
    """Token ids of any length, looked up in a table of embeddings."""

    def make() -> Any:
        from modelport.frontends.tensorflow.framework import keras

        keras().utils.set_random_seed(20)
        words = keras().Input((None,), dtype="int32", name="words")
        embedded = keras().layers.Embedding(5000, 128, mask_zero=True)(words)
        return settled(keras().Model(words, layers(keras().layers, embedded)))

    return Net(f"keras {name}", make, lambda: tokens(2, 16, below=5000), ("words:1=length",), bare=bare_keras)


def _lstm(layers: Any, x: Any) -> Any:
    return layers.Dense(9)(layers.Bidirectional(layers.LSTM(128, return_sequences=True))(x))


def _gru(layers: Any, x: Any) -> Any:
    return layers.Dense(9)(layers.GRU(128)(layers.GRU(128, return_sequences=True)(x)))


def _attention(layers: Any, x: Any) -> Any:
    for _ in range(4):
        x = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(8, 16)(x, x)]))
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(128)(layers.Dense(512, "gelu")(x))]))
    return layers.Dense(9)(layers.GlobalAveragePooling1D()(x))


NETS = [
    _picture("MobileNetV2"),
    _picture("MobileNetV3Small", low=0.0, high=255.0),
    _picture("ResNet50"),
    _picture("EfficientNetB0", low=0.0, high=255.0),
    _picture("EfficientNetV2B0", low=0.0, high=255.0),
    _picture("ConvNeXtTiny", low=0.0, high=255.0),
    _picture("DenseNet121"),
    _picture("InceptionV3", 299),
    _picture("Xception", 299),
    _picture("NASNetMobile"),
    _sequence("bidirectional LSTM", _lstm),
    _sequence("stacked GRU", _gru),
    _sequence("attention with masks", _attention),
]
