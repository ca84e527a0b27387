"""A small Keras model, and its files, made once."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def keras() -> Any:
    from modelport.frontends.tensorflow.framework import keras

    return keras()


@pytest.fixture(scope="session")
def tf() -> Any:
    from modelport.frontends.tensorflow.framework import tensorflow

    return tensorflow()


@pytest.fixture(scope="session")
def net(keras: Any) -> Any:
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((6,), name="x"), layers.Dense(8, "relu", name="hidden"), layers.Dense(3, name="scores")]
    )


@pytest.fixture(scope="session")
def saved(net: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The model as each kind of file, under names that say nothing."""
    folder = tmp_path_factory.mktemp("keras")
    net.save(folder / "a.keras")
    net.save(folder / "b.h5")
    net.export(str(folder / "savedmodel"), verbose=False)
    net.save_weights(folder / "c.weights.h5")
    for name in ("a.keras", "b.h5", "c.weights.h5"):
        (folder / name).rename(folder / f"{name[0]}.bin")
    return {
        "keras": folder / "a.bin",
        "h5": folder / "b.bin",
        "savedmodel": folder / "savedmodel",
        "weights": folder / "c.bin",
    }
