"""Weights beside the graph: where each lies, what the file holds, and that nothing is copied on the way to a session."""

import ml_dtypes
import numpy as np
import onnx
import onnx_ir as ir
import pytest

from modelport.ir.parted import LIMIT_BYTES, parted
from modelport.ir.session import open_session, open_watched, run
from modelport.ir.weights import Weights

WIDE = np.arange(64 * 96, dtype=np.float32).reshape(64, 96) / 1000


def _model(*weights: tuple[str, np.ndarray]) -> ir.Model:
    """Sums of all weights, each widened to float32, and x."""
    x = ir.Value(name="x", type=ir.TensorType(ir.DataType.FLOAT), shape=ir.Shape([64, 96]))
    nodes, last, values = [], x, []
    for name, array in weights:
        tensor = ir.tensor(array, name=name)
        value = ir.Value(name=name, type=ir.TensorType(tensor.dtype), shape=tensor.shape, const_value=tensor)
        values.append(value)
        cast = ir.node("Cast", [value], attributes={"to": int(ir.DataType.FLOAT)})
        add = ir.node("Add", [last, cast.outputs[0]])
        nodes += [cast, add]
        last = add.outputs[0]
    last.name, last.shape, last.dtype = "y", x.shape, ir.DataType.FLOAT
    graph = ir.Graph([x], [last], nodes=nodes, initializers=values, opset_imports={"": 21}, name="g")
    return ir.Model(graph, ir_version=10)


def _parted(model: ir.Model) -> tuple[onnx.ModelProto, Weights]:
    proto, weights = parted(model, -1)
    assert weights is not None
    return proto, weights


def _places(proto: onnx.ModelProto) -> dict[str, tuple[int, int]]:
    found = {}
    for tensor in proto.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in tensor.external_data}
            assert entries["location"] == "model.onnx.data"
            found[tensor.name] = (int(entries["offset"]), int(entries["length"]))
    return found


def test_small_models_stay_whole() -> None:
    model = _model(("a", WIDE))
    proto, weights = parted(model)
    assert weights is None
    assert WIDE.nbytes <= LIMIT_BYTES
    assert onnx.numpy_helper.to_array(proto.graph.initializer[0]).shape == (64, 96)


def test_the_file_holds_every_tensor_at_its_place() -> None:
    halves = WIDE.astype(np.float16)
    odd = WIDE.astype(ml_dtypes.bfloat16)
    proto, weights = _parted(_model(("a", WIDE), ("one", np.ones((1, 96), np.float32)), ("b", halves), ("c", odd)))
    file = b"".join(weights.pieces())
    assert len(file) == weights.size
    places = _places(proto)
    assert set(places) == {"a", "b", "c"}, "small tensors stay in the graph"
    for name, array in (("a", WIDE), ("b", halves), ("c", odd)):
        offset, length = places[name]
        assert file[offset : offset + length] == array.tobytes()
        assert offset % 64 == 0


def test_large_tensors_begin_with_a_page() -> None:
    big = np.zeros((1024, 512), np.float32)
    proto, _ = _parted(_model(("a", WIDE), ("b", big[:, :96].copy()), ("c", np.zeros((2048, 256), np.float32))))
    assert _places(proto)["c"][0] % (1 << 16) == 0


def test_tied_weights_are_written_once() -> None:
    proto, weights = _parted(_model(("a", WIDE), ("b", WIDE), ("c", WIDE + 1)))
    places = _places(proto)
    assert places["a"] == places["b"] != places["c"]
    assert weights.size == 2 * WIDE.nbytes
    assert len(b"".join(weights.pieces())) == weights.size


def test_numbers_that_lie_otherwise_in_memory() -> None:
    turned = np.ascontiguousarray(WIDE.T).T
    _, weights = _parted(_model(("a", turned)))
    assert b"".join(weights.pieces()) == WIDE.tobytes()


def test_the_model_is_left_as_it_was() -> None:
    model = _model(("a", WIDE))
    _parted(model)
    assert model.graph.initializers["a"].const_value.numpy() is WIDE


@pytest.mark.parametrize("kind", [np.float32, np.float16, ml_dtypes.bfloat16])
def test_a_session_reads_them_where_they_are(kind: type) -> None:
    array = WIDE.astype(kind)
    proto, weights = _parted(_model(("a", array)))
    session = open_session(proto.SerializeToString(), weights=weights)
    x = np.zeros_like(WIDE)
    assert np.array_equal(run(session, {"x": x}, ["y"])["y"], array.astype(np.float32))
    array[0, 0] = 7
    assert run(session, {"x": x}, ["y"])["y"][0, 0] == 7, "it was copied"


def test_every_tensor_of_such_a_model_can_be_watched() -> None:
    proto, weights = _parted(_model(("a", WIDE)))
    session, names = open_watched(proto, weights=weights)
    assert len(run(session, {"x": WIDE}, names)) == 2
