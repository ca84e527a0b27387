"""Quantized operators: the same integers as the interpreter gives, and how far apart what is dequantized may lie."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.errors import ConfigError, ParityError
from modelport.frontends._spec import Request
from modelport.frontends.tensorflow.tflite import convert, load, weights
from modelport.frontends.tensorflow.tflite.oracle import TfliteOracle
from modelport.options import Options
from modelport.pipeline import convert as run


def _image(tf: Any) -> Any:
    rng = np.random.default_rng(3)
    kernel, wide = rng.normal(size=(3, 3, 4, 6)).astype("f"), rng.normal(size=(3, 3, 4, 2)).astype("f")

    def net(x: Any) -> Any:
        return {
            "conv": tf.nn.relu6(tf.nn.conv2d(x, kernel, 1, "SAME")),
            "depthwise": tf.nn.depthwise_conv2d(x, wide, [1, 1, 1, 1], "SAME"),
            "transposed": tf.nn.conv2d_transpose(x, np.transpose(kernel, (0, 1, 3, 2)), [1, 18, 20, 6], 2, "SAME"),
            "mean": tf.nn.avg_pool2d(x, 2, 2, "VALID"),
            "greatest": tf.nn.max_pool2d(x, 3, 2, "SAME"),
            "all": tf.reduce_mean(x, [1, 2]),
            "padded": tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]),
            "nearest": tf.compat.v1.image.resize_nearest_neighbor(x, [17, 13]),
        }

    return net


def _rows(tf: Any, labels: bool = True) -> Any:
    kernel = np.random.default_rng(3).normal(size=(60, 20)).astype("f")

    def net(a: Any, b: Any) -> Any:
        return {
            "dense": tf.nn.relu(tf.matmul(a, kernel)),
            "sum": a + b,
            "difference": a - b,
            "product": a * b,
            "joined": tf.concat([a, b * 3], -1),
            "sigmoid": tf.sigmoid(a),
            "tanh": tf.tanh(b),
            "softmax": tf.nn.softmax(a),
            "greater": tf.maximum(a, b),
        } | ({"label": tf.argmax(a, -1)} if labels else {})

    return net


@pytest.mark.parametrize(("make", "shapes"), [(_image, [(1, 9, 10, 4)]), (_rows, [(1, 60), (1, 60)])])
def test_the_same_integers(
    tf: Any, write: Callable[..., Path], answers: Callable[..., Any], make: Any, shapes: Any
) -> None:
    path = write(make(tf), *shapes, kind="int8")
    expected, given = answers(path)
    for name, value in expected.items():
        assert value.dtype in (np.int8, np.int64)
        assert np.array_equal(given[name], value), name


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16x8", "integers"])
def test_dequantized_is_near(tf: Any, write: Callable[..., Path], answers: Callable[..., Any], kind: str) -> None:
    path = write(_rows(tf, labels=kind == "int8"), (1, 60), (1, 60), kind=kind)
    expected, given = answers(path, quantized="dequantize")
    for name in ("dense", "product", "sigmoid"):
        apart = np.abs(expected[name].astype(float) - given[name].astype(float)).max()
        most = 1 if expected[name].dtype.kind in "iu" else 0.05 * np.abs(expected[name]).max()
        assert apart <= most, name


def test_kept_and_dequantized_graphs(tf: Any, write: Callable[..., Path]) -> None:
    path = write(_image(tf), (1, 9, 10, 4), kind="int8")
    nodes = {
        mode: {node.op_type for node in convert(load(path), Request(rows=None, quantized=mode)).program.model.graph}
        for mode in ("keep", "dequantize")
    }
    assert {"QuantizeLinear", "DequantizeLinear"} <= nodes["keep"]
    assert {node.op_type for node in convert(load(path), Request(rows=None)).program.model.graph} == nodes["keep"]
    stored = convert(load(path), Request(rows=None, quantized="dequantize")).program.model.graph.initializers.values()
    assert not any(
        value.dtype is not None and value.dtype.name == "INT8" and len(value.shape or ()) > 1 for value in stored
    )


def test_the_contract_says_what_integers_stand_for(tf: Any, write: Callable[..., Path], converted: Any) -> None:
    path = write(tf.sigmoid, (1, 60), kind="uint8")
    bundle, report = converted(path)
    assert bundle.contract.inputs[0].element == "uint8"
    assert bundle.contract.outputs[0].dtype == "uint8"
    assert any("it stands for" in note and "(stored - " in note for note in report.notes)
    assert any(" * stored" in note for note in report.notes)
    assert "three standard deviations" in bundle.contract.outputs[0].bound.reason
    plain = next(case for case in bundle.cases() if case.name == "synthetic")
    assert plain.answers[bundle.contract.outputs[0].name].bound.max() <= 2


def test_a_negative_zero_is_added(tf: Any, write: Callable[..., Path], converted: Any) -> None:
    _, report = converted(write(tf.sigmoid, (1, 60), kind="int8"))
    assert any("it stands for 0.00390625 * (stored + 128)" in note for note in report.notes)


def test_a_wrong_scale_fails_its_proof(
    tf: Any, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded = weights.put_rounded

    def wrong(node: Any, steps: Any) -> None:
        rounded(node, node.op("Mul", steps, node.float(1.05)))

    path = write(lambda x: tf.matmul(x, np.eye(60, dtype="f")), (1, 60), kind="int8")
    assert run(path, None, tmp_path / "right", Options(targets=()))[1].passed
    monkeypatch.setattr(weights, "put_rounded", wrong)
    with pytest.raises(ParityError):
        run(path, None, tmp_path / "wrong", Options(targets=()))


@pytest.mark.parametrize("quantized", ["keep", "dequantize"])
@pytest.mark.parametrize("reference", [False, True])
def test_products_of_two_tensors_follow_the_interpreters_kernel(
    tf: Any,
    write: Callable[..., Path],
    answers: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    reference: bool,
    quantized: str,
) -> None:
    def opened(self: TfliteOracle, **settings: Any) -> Any:
        kernels = tf.lite.experimental.OpResolverType.BUILTIN_REF
        return self._kind(self._file.path, experimental_op_resolver_type=kernels, **settings)

    if reference:
        monkeypatch.setattr(TfliteOracle, "_open", opened)
    path = write(lambda a, b: tf.matmul(a, tf.sigmoid(b), transpose_b=True), (1, 9, 8), (1, 5, 8), kind="int8")
    expected, given = answers(path, quantized=quantized)
    for name, value in expected.items():
        assert np.abs(value.astype(int) - given[name]).max() <= (1 if quantized == "keep" else 4)


def test_a_wrong_operator_is_named(
    tf: Any, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded = weights.put_rounded
    path = write(lambda x: tf.nn.relu(tf.matmul(tf.tanh(x), np.eye(60, dtype="f")) + x), (1, 60), kind="int8")
    monkeypatch.setattr(weights, "put_rounded", lambda node, x: rounded(node, node.op("Mul", x, node.float(1.2))))
    with pytest.raises(ParityError, match=r"the first layer that differs is '[^']*MatMul"):
        run(path, None, tmp_path / "wrong", Options(targets=()))


def test_floats_that_were_integers_are_a_step_apart_at_most(
    tf: Any, write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(tf.sigmoid, (1, 60), kind="integers")
    bundle, _ = run(path, None, tmp_path / "bundle", Options(targets=()))
    bounds = [next(iter(case.answers.values())).bound for case in bundle.cases()]
    assert all(np.all(bound >= 1 / 256) for bound in bounds if bound.size)


def test_hybrid_weights_stay_in_8_bits(tf: Any, write: Callable[..., Path], answers: Callable[..., Any]) -> None:
    kernel = np.random.default_rng(3).normal(size=(60, 50)).astype("f")
    path = write(lambda x: tf.matmul(x, kernel), (None, 60), kind="dynamic")
    net = convert(load(path), Request(rows=None))
    assert any(
        value.dtype is not None and value.dtype.name == "INT8"
        for value in net.program.model.graph.initializers.values()
    )
    expected, given = answers(path)
    for name, value in expected.items():
        assert np.abs(value - given[name]).max() < 0.03 * np.abs(value).max()
        assert not np.array_equal(value, given[name])


def test_the_option(net: Any, rows: Any, converted: Any, tf: Any, write: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError, match="quantized = 'drop'"):
        converted(write(tf.sigmoid, (1, 60)), quantized="drop")
