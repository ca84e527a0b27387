"""Nothing of a file runs, and no class is imported, before the caller trusts it by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.errors import ConfigError, ModelFileError, UnsupportedModelError, UntrustedModelError

SOURCE = """
import keras

class Scaled(keras.layers.Layer):
    def call(self, x):
        return x * 3

def shifted(x):
    return x + 1

def make():
    return keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(3)])

def other():
    return keras.Sequential([keras.Input((6,)), keras.layers.Dense(9)])
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the user's, importable in this test only."""
    import importlib
    import sys

    (tmp_path / "layers_of_user.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield importlib.import_module("layers_of_user")
    sys.modules.pop("layers_of_user", None)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_custom_classes_need_trust(
    suffix: str, keras: Any, source: Any, rows: Any, tmp_path: Path, converted: Any
) -> None:
    layers = [keras.Input((6,)), source.Scaled(), keras.layers.Dense(2, activation=source.shifted)]
    path = tmp_path / f"model{suffix}"
    keras.Sequential(layers).save(path)
    with pytest.raises(UntrustedModelError, match=r"2 class\(es\) or function\(s\) that are not Keras's") as caught:
        converted(str(path), rows)
    # The legacy format says no modules.
    module = "layers_of_user" if suffix == ".keras" else "package.module"
    assert f"--trust {module}.Scaled" in caught.value.fix
    assert ".shifted" in caught.value.fix
    trust = ("layers_of_user.Scaled", "layers_of_user.shifted")
    assert converted(str(path), rows, trust=trust)[1].passed


def test_trusted_but_not_there(keras: Any, source: Any, rows: Any, tmp_path: Path, converted: Any) -> None:
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((6,)), source.Scaled()]).save(path)
    with pytest.raises(ModelFileError, match=r"needs absent\.Scaled, which cannot be imported here"):
        converted(str(path), rows, trust=("absent.Scaled",))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_lambdas_hold_code(suffix: str, keras: Any, rows: Any, tmp_path: Path, converted: Any) -> None:
    path = tmp_path / f"model{suffix}"
    keras.Sequential([keras.Input((6,)), keras.layers.Lambda(lambda x: x * 2, output_shape=(6,))]).save(path)
    with pytest.raises(UntrustedModelError, match=r"keras\.layers\.Lambda \(a Lambda layer holds Python code\)"):
        converted(str(path), rows)
    assert converted(str(path), rows, trust=("keras.layers.Lambda",))[1].passed


def test_weights_with_a_factory(
    net: Any, saved: dict[str, Path], source: Any, rows: Any, tmp_path: Path, converted: Any
) -> None:
    path = str(saved["weights"])
    with pytest.raises(UnsupportedModelError, match="the weights do not fit layers_of_user:other"):
        converted(path, rows, module="layers_of_user:other")
    with pytest.raises(ConfigError, match="there is no 'meke' in layers_of_user") as caught:
        converted(path, rows, module="layers_of_user:meke")
    assert "did you mean 'make'" in caught.value.fix
    with pytest.raises(ConfigError, match="the model is there whole"):
        converted(str(saved["keras"]), rows, module="layers_of_user:make")
    net.save_weights(tmp_path / "new.weights.h5")
    bundle, report = converted(str(tmp_path / "new.weights.h5"), rows, module="layers_of_user:make")
    assert report.passed
    from modelport.runtime import load

    (output,) = load(bundle).predict(rows).values()
    # make() has no activation between its layers.
    hidden, scores = net.layers
    expected = scores(np.asarray(rows) @ np.asarray(hidden.kernel) + np.asarray(hidden.bias))
    assert output == pytest.approx(np.asarray(expected), rel=1e-4, abs=1e-5)


def test_hdf5_without_keras(tmp_path: Path, converted: Any) -> None:
    import h5py

    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["measured"] = np.ones(3)
    with pytest.raises(ModelFileError, match="HDF5 file without a Keras model"):
        converted(str(tmp_path / "data.h5"))
