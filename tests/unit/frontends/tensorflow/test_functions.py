"""Functions of TensorFlow, modules, and SavedModels: shapes from their signatures, or else from the sample."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.errors import ConfigError, SampleError, UnsupportedModelError, UntrustedModelError
from modelport.runtime import load


@pytest.fixture(scope="module")
def module(tf: Any) -> Any:
    class Two(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(3.0)

        @tf.function(input_signature=[tf.TensorSpec([None, 6], name="rows")])
        def scaled(self, x: Any) -> Any:
            return {"big": x * self.scale, "small": x / self.scale}

        @tf.function(input_signature=[tf.TensorSpec([None, 6])])
        def shifted(self, x: Any) -> Any:
            return x + self.scale

    return Two()


def test_a_signed_function(tf: Any, converted: Any) -> None:
    @tf.function(input_signature=[tf.TensorSpec([None, None, 2]), tf.TensorSpec([None], tf.int32)])
    def picked(values: Any, places: Any) -> Any:
        return tf.gather(values, places, axis=1)

    sample = {"values": np.random.default_rng(0).normal(size=(3, 4, 2)), "places": np.array([0, 1, 1])}
    bundle, report = converted(picked, sample, dynamic=("values:1=length", "places:0=chosen"))
    assert report.passed
    assert [one.shape for one in bundle.contract.inputs] == [("batch", "length", 2), ("chosen",)]
    assert bundle.contract.outputs[0].shape == ("batch", "chosen", 2)


def test_an_unsigned_function(tf: Any, rows: Any, converted: Any) -> None:
    @tf.function
    def double(x: Any, *, shift: Any = None) -> Any:
        return x * 2.0 + shift

    with pytest.raises(SampleError, match=r"\(x, shift\)"):
        converted(double)
    bundle, report = converted(double, {"x": rows, "shift": np.float32(1)})
    assert report.passed
    assert [one.shape for one in bundle.contract.inputs] == [("batch", 6), ()]


def test_a_concrete_function(tf: Any, rows: Any, converted: Any) -> None:
    function = tf.function(lambda given: given + 1).get_concrete_function(tf.TensorSpec([None, 6]))
    bundle, report = converted(function, rows)
    assert report.passed
    assert [one.name for one in bundle.contract.inputs] == ["given"]


def test_a_module_with_several_functions(module: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(ConfigError, match="it has 2 signatures: 'scaled', 'shifted'"):
        converted(module)
    with pytest.raises(ConfigError, match="there is no signature 'shift'") as caught:
        converted(module, signature="shift")
    assert "did you mean 'shifted'?" in caught.value.fix
    bundle, report = converted(module, rows, signature="scaled")
    assert report.passed
    assert [one.name for one in bundle.contract.outputs] == ["big", "small"]


@pytest.fixture(scope="module")
def folders(tf: Any, module: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("saved")
    tf.saved_model.save(module, str(root / "two"), signatures={"a": module.scaled, "b": module.shifted})
    tf.saved_model.save(tf.Module(), str(root / "none"))

    class Writer(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 6])])
        def __call__(self, x: Any) -> Any:
            tf.io.write_file("/tmp/never-written", "a")
            return x

    tf.saved_model.save(Writer(), str(root / "writer"))
    return {name: root / name for name in ("two", "none", "writer")}


def test_signatures(folders: dict[str, Path], rows: Any, converted: Any) -> None:
    with pytest.raises(UnsupportedModelError, match="it has no signature"):
        converted(str(folders["none"]))
    with pytest.raises(ConfigError, match="it has 2 signatures: 'a', 'b'") as caught:
        converted(str(folders["two"]))
    assert "--signature" in caught.value.fix
    bundle, report = converted(str(folders["two"]), rows, signature="b")
    assert report.passed
    assert [one.name for one in bundle.contract.inputs] == ["x"]
    assert load(bundle).predict(rows)["output_0"] == pytest.approx(rows + 3)


def test_files_are_not_written(folders: dict[str, Path], converted: Any) -> None:
    with pytest.raises(
        UntrustedModelError, match=r"reaches outside of itself with 1 operator\(s\): tensorflow.WriteFile"
    ):
        converted(str(folders["writer"]))
    assert not Path("/tmp/never-written").exists()
