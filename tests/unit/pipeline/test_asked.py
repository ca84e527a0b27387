"""An option that says nothing to the model at hand is refused, and never dropped."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import ConfigError, SampleError
from modelport.frontends.boosting import FRONTEND as ROWS
from modelport.frontends.tensorflow import FRONTEND as TENSORFLOW
from modelport.frontends.torch import FRONTEND as NETS
from modelport.options import Options
from modelport.pipeline.asked import request_for
from modelport.readers.table import Table


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({"response": "y"}, "--response"),
        ({"expected": "answers.csv"}, "--expected"),
        ({"ship_sample": True, "redact": ("name",), "response": "y"}, "--response, --redact"),
    ],
)
def test_of_rows_to_a_net(options: dict[str, Any], flags: str) -> None:
    with pytest.raises(ConfigError, match=f"of which no column is meant: {flags}\n"):
        request_for(NETS, None, Options(**options))


@pytest.mark.parametrize(
    "options",
    [
        {"dynamic": ("x:1=length",)},
        {"module": "nets:make"},
        {"signature": "serve"},
        {"external_weights": True},
    ],
)
def test_of_nets_to_rows(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(ConfigError, match=f"is no net: --{name.replace('_', '-')}\n"):
        request_for(ROWS, None, Options(**options))


def test_a_table_to_a_net() -> None:
    with pytest.raises(SampleError, match="takes tensors, and no table") as caught:
        request_for(TENSORFLOW, Table({"x": np.zeros(1)}, 1), Options())
    assert ".npz" in caught.value.fix


def test_quantized_is_for_tflite() -> None:
    with pytest.raises(ConfigError, match="with the numbers that it has"):
        request_for(NETS, None, Options(quantized="dequantize"))
    assert request_for(TENSORFLOW, None, Options(quantized="dequantize")).quantized == "dequantize"
