"""Which inputs are images, and the order of their axes."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir
import pytest
from onnx import TensorProto as T
from onnx import helper, numpy_helper

from modelport.frontends._net_images import image_layout

CONV = helper.make_node("Conv", ["y", "w"], ["z"])


def _layout(nodes: Sequence[object], shape: Sequence[object] = ("n", 8, 9, 3), channels: int = 3) -> str | None:
    weights = [
        numpy_helper.from_array(np.zeros((2, channels, 1, 1), dtype=np.float32), "w"),
        numpy_helper.from_array(np.ones(1, dtype=np.float32), "one"),
        numpy_helper.from_array(np.array([-1, 1, 8, 9]), "flat"),
    ]
    graph = helper.make_graph(
        list(nodes),
        "net",
        [helper.make_tensor_value_info("x", T.FLOAT, shape)],
        [helper.make_tensor_value_info("z", T.FLOAT, None)],
        weights,
    )
    model = ir.from_proto(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9))
    return image_layout(model.graph.inputs[0])


def _transposed(*order: int) -> object:
    return helper.make_node("Transpose", ["a"], ["y"], perm=list(order))


SCALED = helper.make_node("Mul", ["x", "one"], ["a"])


def test_channels_last() -> None:
    assert _layout([SCALED, _transposed(0, 3, 1, 2), CONV]) == "NHWC"


def test_channels_first() -> None:
    assert _layout([helper.make_node("Relu", ["x"], ["y"]), CONV], ("n", 3, 8, 9)) == "NCHW"


def test_one_channel_is_moved_by_a_shape() -> None:
    assert _layout([helper.make_node("Reshape", ["x", "flat"], ["y"]), CONV], ("n", 8, 9, 1), channels=1) == "NHWC"


@pytest.mark.parametrize(
    "nodes",
    [
        [SCALED, _transposed(0, 3, 2, 1), CONV],  # width before height
        [helper.make_node("Flatten", ["x"], ["z"])],
        [SCALED, _transposed(0, 3, 1, 2), CONV, helper.make_node("GlobalMaxPool", ["x"], ["other"])],
    ],
)
def test_no_order_is_told(nodes: Sequence[object]) -> None:
    assert _layout(nodes) is None


def test_other_ranks_are_no_images() -> None:
    assert _layout([helper.make_node("Identity", ["x"], ["z"])], ("n", 8, 3)) is None
