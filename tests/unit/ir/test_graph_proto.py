"""Attributes written as bytes are read as the numbers they were; copies and rewrites of a graph keep its forests."""

import numpy as np
import onnx
import onnx_ir as ir
import pytest
from onnx_ir.passes.common import CommonSubexpressionEliminationPass

from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import copy_model, forests_of, to_bytes, to_proto
from modelport.ir.lower_forest import lower_forest
from modelport.ir.session import open_session
from modelport.ir.wire import integers_attribute, tensor_attribute
from tests.unit.ir.test_lower_forest import random_forest, walk


@pytest.mark.parametrize("top", [1, 127, 128, 16383, 16384, 2**21, 2**28 - 1, 2**31, 2**32, 2**40])
def test_integers_come_back(top: int) -> None:
    values = np.unique(np.concatenate([[0, 1, top - 1, top], np.random.default_rng(0).integers(0, top + 1, 200)]))
    np.random.default_rng(1).shuffle(values)
    attribute = onnx.AttributeProto.FromString(b"".join(integers_attribute("ids", values)))
    assert (attribute.name, attribute.type) == ("ids", onnx.AttributeProto.INTS)
    assert list(attribute.ints) == values.tolist()


def test_empty_and_boolean() -> None:
    assert not onnx.AttributeProto.FromString(b"".join(integers_attribute("ids", np.empty(0, dtype=np.int64)))).ints
    flags = np.array([True, False, True])
    assert list(onnx.AttributeProto.FromString(b"".join(integers_attribute("flags", flags))).ints) == [1, 0, 1]


def test_tensors_come_back() -> None:
    values = np.array([0.1, -0.0, np.inf])
    attribute = onnx.AttributeProto.FromString(b"".join(tensor_attribute("splits", values)))
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(attribute.t), values)


def test_two_forests_over_the_same_rows_stay_two() -> None:
    rng = np.random.default_rng(2)
    forests = [random_forest(rng, vector=False, targets=1) for _ in range(2)]
    builder = GraphBuilder()
    rows = builder.input("x", ir.DataType.DOUBLE, 3)
    first, second = (lower_forest(builder, forest, rows) for forest in forests)
    builder.output(builder.op("Sub", first, second), "difference")
    built = builder.build("test")
    built.graph.outputs[0].shape = ir.Shape(["N", 1])
    model = copy_model(built)
    CommonSubexpressionEliminationPass()(model)
    assert list(forests_of(model).values()) == forests
    proto = to_proto(model)
    onnx.checker.check_model(proto)
    x = rng.uniform(-2, 3, (50, 3))
    got = open_session(proto.SerializeToString()).run(["difference"], {"x": x})[0]
    np.testing.assert_array_equal(got, walk(forests[0], x) - walk(forests[1], x))
    assert (got != 0).any()


def test_more_numbers_than_are_written_at_once() -> None:
    values = np.random.default_rng(0).integers(0, 2**20, 100_001)
    values[40_000:80_000] = 1
    attribute = onnx.AttributeProto.FromString(b"".join(integers_attribute("ids", values)))
    assert list(attribute.ints) == values.tolist()


def test_the_file_is_the_same_with_and_without_a_proto_between() -> None:
    rng = np.random.default_rng(3)
    builder = GraphBuilder()
    rows = builder.input("x", ir.DataType.DOUBLE, 3)
    sums = [lower_forest(builder, random_forest(rng, vector=True), rows) for _ in range(2)]
    builder.output(builder.op("Add", *sums), "sum")
    model = builder.build("test")
    model.graph.outputs[0].shape = ir.Shape(["N", 3])
    proto = to_proto(model)
    onnx.checker.check_model(to_bytes(model))
    assert [node.op_type for node in proto.graph.node] == [node.op_type for node in model.graph]
    assert onnx.ModelProto.FromString(to_bytes(model)) == proto
    whole = [len(node.attribute) for node in proto.graph.node if node.op_type == "TreeEnsemble"]
    assert whole == [14, 14]
