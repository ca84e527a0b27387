"""The first layer of a net that differs from its original."""

import numpy as np
import pytest
from onnx import TensorProto as T
from onnx import helper

from modelport.evidence.bisect import first_difference
from modelport.evidence.cases import Case, TensorAnswer, Tensors

X = np.random.default_rng(1).normal(size=(2, 3, 3, 3)).astype(np.float32)


class Watched:
    """Doubles pictures whose channels are last, and then takes ``less`` from them."""

    def __init__(self, less: float) -> None:
        self._less = np.float32(less)

    def ask(self, inputs: Tensors) -> Tensors:
        return {"y": 2 * inputs["x"] - self._less}

    def trace(self, inputs: Tensors) -> Tensors:
        return {"double": 2 * inputs["x"], "last": self.ask(inputs)["y"]}


@pytest.mark.parametrize(("less", "said"), [(1.0, None), (0.5, "'last'")])
def test_axes_in_another_order_are_no_difference(less: float, said: str | None) -> None:
    """Channels first in the graph: where all lengths are alike the shapes do not tell."""
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2]),
            helper.make_node("Add", ["first", "first"], ["double"]),
            helper.make_node("Sub", ["double", "one"], ["less"]),
            helper.make_node("Transpose", ["less"], ["y"], perm=[0, 2, 3, 1]),
        ],
        "net",
        [helper.make_tensor_value_info("x", T.FLOAT, ["n", 3, 3, 3])],
        [helper.make_tensor_value_info("y", T.FLOAT, ["n", 3, 3, 3])],
        [helper.make_tensor("one", T.FLOAT, [], [1.0])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    oracle = Watched(less)
    answer = TensorAnswer(oracle.ask({"x": X})["y"], np.zeros(X.shape))
    case = Case("sample", "sample", {"x": X}, {"y": answer})
    found = first_difference(model, None, {"double": "double", "less": "last", "y": "last"}, oracle, case)
    assert found is None if said is None else said in str(found)
