"""Exports a function of TensorFlow and compares the graph with it, without the rest of the front end."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir
import pytest

from modelport.ir.session import open_session, run
from tests.unit.frontends.tensorflow.repairs.exported import Exported, export

Check = Callable[..., Exported]


@pytest.fixture(scope="session")
def check(tf: Any) -> Check:
    """Returns check(function, feed, feed, …): every axis is open unless ``shapes`` are given; equal unless within bounds."""

    def compare(
        function: Any,
        *feeds: Sequence[Any],
        shapes: Sequence[Any] | None = None,
        rtol: float = 0.0,
        atol: float = 0.0,
    ) -> Exported:
        arrays = [[np.asarray(array) for array in feed] for feed in feeds]
        open_shapes = [[None] * array.ndim for array in arrays[0]]
        kinds = [tf.string if array.dtype.kind in "OSU" else tf.as_dtype(array.dtype) for array in arrays[0]]
        signature = [tf.TensorSpec(shape, kind) for shape, kind in zip(shapes or open_shapes, kinds, strict=True)]
        concrete = tf.function(function).get_concrete_function(*signature)
        exported = export(concrete, "test")
        session = open_session(ir.serde.serialize_model(exported.model).SerializeToString())
        names = [str(value.name) for value in exported.model.graph.inputs]
        outputs = [str(value.name) for value in exported.model.graph.outputs]
        assert len(names) == len(signature)
        for feed in arrays:
            wanted = tf.nest.flatten(concrete(*[tf.constant(array) for array in feed]))
            given = run(session, dict(zip(names, feed, strict=True)), outputs)
            for name, tensor in zip(outputs, wanted, strict=True):
                right = _text(tensor.numpy()) if tensor.dtype == tf.string else tensor.numpy()
                np.testing.assert_equal(given[name].shape, right.shape)
                if rtol or atol:
                    np.testing.assert_allclose(given[name], right, rtol=rtol, atol=atol)
                else:
                    np.testing.assert_array_equal(given[name], right)
        return exported

    return compare


def _text(array: Any) -> Any:
    array = np.asarray(array, dtype=object)
    return np.array([item.decode() for item in array.reshape(-1)], dtype=object).reshape(array.shape)
