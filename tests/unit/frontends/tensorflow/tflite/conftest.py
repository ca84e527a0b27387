"""Writes small .tflite files, and converts them without the proof: the graph and the interpreter side by side."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures.recipes.tensorflow.tflite import written
from modelport.evidence.cases import Tensors
from modelport.frontends._spec import Request
from modelport.frontends.tensorflow.tflite import convert, load
from modelport.ir.graph_proto import small_proto
from modelport.ir.session import open_session, run


@pytest.fixture(scope="session")
def write(tf: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The path of a file that holds a function of float32 tensors (None: any length) or of those in ``kinds``."""

    def make(function: Any, *shapes: Any, kind: str = "float", kinds: Any = None) -> Path:
        types = kinds or [tf.float32] * len(shapes)
        specs = [tf.TensorSpec(shape, one) for shape, one in zip(shapes, types, strict=True)]
        return written(tf.function(function, input_signature=specs), kind)

    return make


@pytest.fixture(scope="session")
def answers() -> Callable[..., tuple[Tensors, Tensors]]:
    """What the interpreter gives, and what the graph does."""

    def ask(path: Path, given: Mapping[str, Any] | None = None, quantized: str = "keep") -> tuple[Tensors, Tensors]:
        net = convert(load(path), Request(rows=given, quantized=quantized))
        proto = small_proto(net.program.model)
        session = open_session(proto.SerializeToString())
        names = [output.name for output in proto.graph.output]
        return net.oracle.ask(net.sample), run(session, net.sample, names)

    return ask


@pytest.fixture(scope="session")
def agree(write: Callable[..., Path], answers: Callable[..., Any]) -> Callable[..., None]:
    """Whether a function's file is converted to what the interpreter gives, to within float32's rounding."""

    def check(function: Any, *shapes: Any, kinds: Any = None) -> None:
        expected, given = answers(write(function, *shapes, kinds=kinds))
        assert list(expected) == list(given)
        for name, value in expected.items():
            got = given[name]
            assert (got.shape, got.dtype) == (value.shape, value.dtype), name
            if value.dtype.kind == "f":
                np.testing.assert_allclose(got, value, rtol=3e-5, atol=3e-5, err_msg=name)
            else:
                assert np.array_equal(got, value), name

    return check
