"""Products with turned weights: what they give stays the same, and the weight lies as it did."""

import numpy as np
import onnx_ir as ir
import pytest

from modelport.ir.session import open_session, run
from modelport.ir.turned_weights import multiply_in_place

W = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)


def _value(name: str, array: np.ndarray) -> ir.Value:
    tensor = ir.tensor(array, name=name)
    return ir.Value(name=name, type=ir.TensorType(tensor.dtype), shape=tensor.shape, const_value=tensor)


def _model(weight: np.ndarray, rank: int, between: tuple[str, ...] = (), *, looked_up: bool = False) -> ir.Model:
    """y = x · weight, with casts and transposes between; z = rows of the weight."""
    shape = ir.Shape([*["batch", "length"][: rank - 1], 7]) if rank else None
    x = ir.Value(name="x", type=ir.TensorType(ir.DataType.FLOAT), shape=shape)
    stored = _value("w", weight)
    nodes, last = [], stored
    for op in between:
        attributes = {"to": int(ir.DataType.FLOAT)} if op == "Cast" else {"perm": [1, 0]}
        nodes.append(ir.node(op, [last], attributes=attributes))
        last = nodes[-1].outputs[0]
    nodes.append(ir.node("MatMul", [x, last]))
    outputs = [nodes[-1].outputs[0]]
    outputs[0].name = "y"
    outputs[0].type = x.type
    values = [stored]
    if looked_up:
        index = _value("index", np.array([1, 0]))
        values.append(index)
        nodes.append(ir.node("Gather", [stored, index]))
        outputs.append(nodes[-1].outputs[0])
        outputs[1].name, outputs[1].type = "z", ir.TensorType(ir.tensor(weight).dtype)
    graph = ir.Graph([x], outputs, nodes=nodes, initializers=values, opset_imports={"": 21}, name="g")
    return ir.Model(graph, ir_version=10)


def _answers(model: ir.Model, x: np.ndarray) -> dict[str, np.ndarray]:
    names = [str(output.name) for output in model.graph.outputs]
    return run(open_session(ir.to_proto(model).SerializeToString()), {"x": x}, names)


@pytest.mark.parametrize("rank", [2, 3])
@pytest.mark.parametrize(
    ("weight", "between"),
    [
        (W.T, ()),
        (W, ("Transpose",)),
        (W.astype(np.float16).T, ("Cast",)),
        (W.astype(np.float16), ("Transpose", "Cast")),
        (W.astype(np.float16), ("Cast", "Transpose")),
    ],
)
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_product_is_the_same(rank: int, weight: np.ndarray, between: tuple[str, ...], rows: int) -> None:
    x = np.random.default_rng(1).normal(size=(rows, *[4][: rank - 2], 7)).astype(np.float32)
    wanted = _answers(_model(weight, rank, between), x)["y"]
    model = _model(weight, rank, between)
    assert multiply_in_place(model) == 1
    given = _answers(model, x)["y"]
    assert given.shape == wanted.shape
    assert np.allclose(given, wanted, rtol=1e-5, atol=1e-6)
    kept = model.graph.initializers["w"].const_value
    assert kept is not None
    assert kept.numpy().flags.c_contiguous
    assert np.shares_memory(kept.numpy(), weight)
    assert not any(node.op_type in ("MatMul", "Transpose") for node in model.graph)


def test_tied_weights_are_looked_up_and_multiplied_with() -> None:
    x = np.ones((2, 3, 7), np.float32)
    wanted = _answers(_model(W, 3, ("Transpose",), looked_up=True), x)
    model = _model(W, 3, ("Transpose",), looked_up=True)
    assert multiply_in_place(model) == 1
    given = _answers(model, x)
    assert np.allclose(given["y"], wanted["y"], rtol=1e-5, atol=1e-6)
    assert np.array_equal(given["z"], wanted["z"])


@pytest.mark.parametrize(
    "model",
    [_model(np.ascontiguousarray(W.T), 2), _model(W.T, 0), _model(W.T, 2, looked_up=True)],
    ids=["lies in order", "axes not known", "turned, with another user"],
)
def test_what_is_left_alone(model: ir.Model) -> None:
    before = [node.op_type for node in model.graph]
    assert multiply_in_place(model) == 0
    assert [node.op_type for node in model.graph] == before
