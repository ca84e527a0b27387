"""Keras in half precision: computed in float32 and rounded where TensorFlow rounds; bfloat16 is refused, each operator named."""

from typing import Any

import numpy as np
import onnx
import pytest

from modelport.errors import UnsupportedModelError
from modelport.options import Options
from modelport.pipeline import convert
from modelport.runtime import load


def _tagger(keras: Any, policy: str) -> Any:
    layers = keras.layers
    keras.utils.set_random_seed(1)
    ids = keras.Input((5,), dtype="int32", name="ids")
    h = layers.Embedding(30, 16, dtype=policy)(ids)
    h = layers.LayerNormalization(dtype=policy)(layers.MultiHeadAttention(2, 8, dtype=policy)(h, h))
    h = layers.Dense(8, "gelu", dtype=policy)(layers.LSTM(8, dtype=policy)(h))
    return keras.Model(ids, {"half": layers.Dense(3, dtype=policy)(h), "whole": layers.Dense(3, dtype="float32")(h)})


def test_mixed_precision(keras: Any, tmp_path: Any) -> None:
    model = _tagger(keras, "mixed_float16")
    ids = np.random.default_rng(0).integers(0, 30, size=(4, 5)).astype(np.int32)
    bundle, report = convert(model, {"ids": ids}, tmp_path / "net", Options(name="net", targets=()))
    assert report.passed
    assert {output.name: output.dtype for output in bundle.contract.outputs} == {"half": "float16", "whole": "float32"}
    given, wanted = load(bundle).predict({"ids": ids}), model(ids)
    assert given["half"].dtype == np.float16
    for name in ("half", "whole"):
        assert np.abs(given[name].astype(np.float32) - wanted[name].numpy().astype(np.float32)).max() < 40 * 2.0**-11
    kinds = {node.op_type for node in onnx.ModelProto.FromString(bundle.files["model.onnx"]).graph.node}
    assert "Cast" in kinds


def test_bfloat16_is_refused(keras: Any, tmp_path: Any) -> None:
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, dtype="mixed_bfloat16")])
    with pytest.raises(UnsupportedModelError, match="bfloat16"):
        convert(model, np.ones((2, 6), np.float32), tmp_path / "net", Options(name="net", targets=()))
