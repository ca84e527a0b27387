"""Files that are cut, spoilt or cannot be converted, and calls that do not fit: one error each, and never a crash."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest

from modelport.errors import (
    ConfigError,
    ModelFileError,
    ParityError,
    SampleError,
    UnknownModelError,
    UnsupportedModelError,
)
from modelport.frontends.tensorflow.tflite.ops import HANDLERS
from modelport.frontends.tensorflow.tflite.packages import schema
from modelport.options import Options
from modelport.pipeline import convert as run
from modelport.runtime import load

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def small(tf: Any, write: Write) -> Path:
    return write(lambda x: tf.nn.softmax(tf.matmul(x, np.eye(6, dtype="f"))), (None, 6))


def test_the_kind_is_told_by_the_bytes(small: Path, converted: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(small.read_bytes())
    bundle, report = converted(path)
    assert report.passed
    assert bundle.contract.inputs[0].shape == ("batch", 6)
    assert any("no sample was given" in note for note in report.notes)
    given = load(bundle.path).predict({bundle.contract.inputs[0].name: np.zeros((3, 6), dtype="f")})
    assert given[bundle.contract.outputs[0].name].shape == (3, 6)


@pytest.mark.parametrize("part", [0.02, 0.2, 0.5, 0.8, 0.97])
def test_cut_files(small: Path, converted: Any, tmp_path: Path, part: float) -> None:
    raw = small.read_bytes()
    path = tmp_path / "cut.tflite"
    path.write_bytes(raw[: int(len(raw) * part)])
    with pytest.raises((ModelFileError, UnsupportedModelError)):
        converted(path)


def test_an_impossible_zero(tf: Any, write: Write, converted: Any, tmp_path: Path) -> None:
    raw = write(tf.nn.relu, (1, 6), kind="int8").read_bytes()
    code = schema()
    model = code.ModelT.InitFromObj(code.Model.GetRootAs(raw, 0))
    model.subgraphs[0].tensors[-1].quantization.zeroPoint = [4000]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    path = tmp_path / "zero.tflite"
    path.write_bytes(bytes(builder.Output()))
    with pytest.raises(ModelFileError, match="is no int8"):
        converted(path)


def test_spoilt_files(small: Path, converted: Any, tmp_path: Path) -> None:
    raw = bytearray(small.read_bytes())
    raw[4:8] = b"TFL9"
    path = tmp_path / "other.tflite"
    path.write_bytes(raw)
    with pytest.raises(UnknownModelError):
        converted(path)


def test_operators_of_tensorflow_and_custom_ones(tf: Any, converted: Any, tmp_path: Path) -> None:
    def net(x: Any) -> Any:
        return tf.linalg.det(tf.eye(6) * x[:, :, None]) + tf.raw_ops.Digamma(x=x)[:, 0]

    function = tf.function(net, input_signature=[tf.TensorSpec((None, 6))])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], tf.Module())
    sets = tf.lite.OpsSet
    converter.target_spec.supported_ops = [sets.TFLITE_BUILTINS, sets.SELECT_TF_OPS]
    converter.allow_custom_ops = True
    path = tmp_path / "flex.tflite"
    path.write_bytes(converter.convert())
    with pytest.raises(UnsupportedModelError) as caught:
        converted(path)
    assert "FlexMatrixDeterminant (of TensorFlow itself (flex))" in caught.value.what
    assert "Digamma (custom)" in caught.value.what


def test_several_signatures(tf: Any, converted: Any, tmp_path: Path) -> None:
    class Two(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
        @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])  # type: ignore[untyped-decorator]
        def double(self, x: Any) -> Any:
            return {"y": x * 2}

        @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])  # type: ignore[untyped-decorator]
        def less(self, x: Any) -> Any:
            return {"y": x - 2}

    module = Two()
    tf.saved_model.save(module, str(tmp_path / "saved"), {"double": module.double, "less": module.less})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved"), signature_keys=["double", "less"])
    path = tmp_path / "two.tflite"
    path.write_bytes(converter.convert())
    with pytest.raises(ConfigError, match="2 signatures: double, less"):
        converted(path)
    with pytest.raises(ConfigError, match="no signature 'lesser'") as caught:
        converted(path, signature="lesser")
    assert "less" in caught.value.fix
    bundle, _ = converted(path, signature="less")
    given = load(bundle.path).predict({"x": np.ones((2, 3), dtype="f")})
    assert np.array_equal(given["y"], np.full((2, 3), -1, dtype="f"))


def test_samples(small: Path, converted: Any) -> None:
    with pytest.raises(SampleError, match=r"float32 \[4, 5\], the file takes float32 \['batch', 6\]"):
        converted(small, np.zeros((4, 5), dtype="f"))
    with pytest.raises(ConfigError, match="holds its graph"):
        converted(small, module="a:b")


def test_texts_are_moved_and_compared(tf: Any, write: Write, tmp_path: Path) -> None:
    path = write(lambda x: (tf.gather(x, [1, 0]), tf.equal(x, "ü")), (3,), kinds=[tf.string])
    with pytest.raises(SampleError, match="text"):
        run(path, None, tmp_path / "none", Options(targets=()))
    bundle, report = run(path, np.array(["a", "ü", ""], object), tmp_path / "texts", Options(targets=()))
    assert report.passed
    given = load(bundle).predict({bundle.contract.inputs[0].name: np.array(["z", "ü", "b"], object)})
    assert [value.tolist() for value in given.values()] == [["ü", "z"], [False, True, False]]


def test_a_batch_that_the_file_fixes(tf: Any, write: Write, converted: Any) -> None:
    path = write(lambda x: tf.reshape(x * 2, [2, 3]), (1, 6))
    assert converted(path)[0].contract.inputs[0].shape == (1, 6)


def test_a_failed_proof_names_the_first_tensor_that_differs(
    tf: Any, write: Write, converted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(lambda x: tf.exp(tf.matmul(tf.tanh(x), np.eye(6, dtype="f"))), (None, 6))
    monkeypatch.setitem(HANDLERS, "TANH", lambda node: node.put_real(node.op("Sin", node.real(0))))
    with pytest.raises(ParityError, match=r"the first layer that differs is '[^']*Tanh'"):
        converted(path)
