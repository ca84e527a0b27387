"""Bounds of nets: what rounding can do stays within them, and what it cannot do does not."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelport.evidence.rounding import Rounding, like
from modelport.ir.session import open_session, run

WIDTH, DEPTH = 64, 6


def _chain(dtype: type = np.float32, wrong: float = 0.0) -> onnx.ModelProto:
    """Dense layers with tanh between them; ``wrong`` moves one weight of the first."""
    rng = np.random.default_rng(0)
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    nodes, weights, name = [], [], "x"
    for layer in range(DEPTH):
        matrix = (rng.normal(size=(WIDTH, WIDTH)) / np.sqrt(WIDTH)).astype(np.float32).astype(dtype)
        if layer == 0:
            matrix[3, 5] += dtype(wrong)
        weights.append(numpy_helper.from_array(matrix, f"w{layer}"))
        nodes.append(helper.make_node("MatMul", [name, f"w{layer}"], [f"m{layer}"]))
        nodes.append(helper.make_node("Tanh", [f"m{layer}"], [f"t{layer}"]))
        name = f"t{layer}"
    shape = ["N", WIDTH]
    graph = helper.make_graph(
        [*nodes, helper.make_node("ArgMax", [name], ["label"], axis=1, keepdims=0)],
        "net",
        [helper.make_tensor_value_info("x", kind, shape)],
        [
            helper.make_tensor_value_info(name, kind, shape),
            helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
        ],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def _run(model: onnx.ModelProto, x: np.ndarray) -> dict[str, np.ndarray]:
    names = [output.name for output in model.graph.output]
    return run(open_session(model.SerializeToString()), {"x": x}, names)


LAST = f"t{DEPTH - 1}"


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(16, WIDTH)).astype(np.float32)


def test_the_exact_answer_lies_within(x: np.ndarray) -> None:
    exact = _run(_chain(np.float64), x.astype(np.float64))[LAST]
    given = _run(_chain(), x)
    bound = Rounding(_chain()).answers({"x": x}, given, [LAST, "label"])[LAST].bound
    apart = np.abs(exact - given[LAST])
    assert (apart <= bound).all()
    # Not so wide that it would hide a fault: some hundred units in the last place of numbers about 1.
    assert bound.max() < 1e-4
    assert apart.max() > bound.max() / 100


def test_a_weight_off_by_a_thousandth_is_seen(x: np.ndarray) -> None:
    given, wrong = _run(_chain(), x), _run(_chain(wrong=1e-3), x)
    bound = Rounding(_chain()).answers({"x": x}, given, [LAST])[LAST].bound
    assert (np.abs(given[LAST] - wrong[LAST]) > bound).any(axis=1).all()


def test_whole_numbers_must_be_equal_unless_rounding_decides(x: np.ndarray) -> None:
    given = _run(_chain(), x)
    assert not Rounding(_chain()).answers({"x": x}, given, ["label"])["label"].bound.any()
    tied = np.zeros_like(x)
    assert np.isfinite(Rounding(_chain()).answers({"x": tied}, _run(_chain(), tied), [LAST])[LAST].bound).all()


def test_infinities_keep_their_bounds(x: np.ndarray) -> None:
    odd = x.copy()
    odd[:, 0] = np.inf
    given = _run(_chain(), odd)
    answer = Rounding(_chain()).answers({"x": odd}, given, [LAST])[LAST]
    finite = np.isfinite(given[LAST])
    assert finite.any()
    assert (answer.bound[finite] > 0).any()


def test_an_empty_batch_needs_no_run(x: np.ndarray) -> None:
    given = _run(_chain(), x[:0])
    assert Rounding(_chain()).answers({"x": x[:0]}, given, [LAST])[LAST].bound.shape == (0, WIDTH)


def test_gates_err_by_a_unit_of_their_range() -> None:
    """ONNX Runtime's logistic curve ends long before float32 does; what it gives there lies within the bound, and no more does."""
    graph = helper.make_graph(
        [helper.make_node("Sigmoid", ["x"], ["y"])],
        "gate",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    inputs = {"x": np.array([-40.0, -25.0, -1.0, 1.0], dtype=np.float32)}
    expected = {"y": (1 / (1 + np.exp(-inputs["x"].astype(np.float64)))).astype(np.float32)}
    bound = Rounding(model).answers(inputs, expected, ["y"])["y"].bound
    given = run(open_session(model.SerializeToString()), inputs, ["y"])["y"]
    assert given[0] != expected["y"][0]
    assert (np.abs(given.astype(np.float64) - expected["y"]) <= bound).all()
    assert bound.max() < 1e-5


@pytest.mark.parametrize("op", ["Conv", "Gemm", "MatMul"])
def test_layers_of_known_weights_err_by_the_lengths_of_their_rows(op: str) -> None:
    rng = np.random.default_rng(3)
    shape, weights = ([4, 8, 6], (5, 8, 3)) if op == "Conv" else ([4, 8], (8, 5))
    tensors = [numpy_helper.from_array(rng.normal(size=weights).astype(np.float32), "w")]
    if op != "MatMul":
        tensors.append(numpy_helper.from_array(rng.normal(size=5).astype(np.float32), "b"))
    node = helper.make_node(op, ["x", *[tensor.name for tensor in tensors]], ["y"])
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [node], "layer", [given], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], tensors
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    inputs = {"x": rng.normal(size=shape).astype(np.float32)}
    y = run(open_session(model.SerializeToString()), inputs, ["y"])
    bound = Rounding(model).answers(inputs, y, ["y"])["y"].bound
    # Sums of 8 or 24 products about 1: some ten units in the last place of their magnitudes.
    terms = 24 if op == "Conv" else 8
    assert (bound > 5 * 2.0**-24 * terms / 2).all()
    assert bound.max() < 100 * 2.0**-24 * terms


def test_rows_drawn_alike_share_the_widest_bound(x: np.ndarray) -> None:
    given = _run(_chain(), x)
    few = Rounding(_chain()).answers({"x": x[:2]}, {LAST: given[LAST][:2]}, [LAST])
    every = like(few, {LAST: given[LAST]})
    assert every is not None
    assert every[LAST].bound.shape == given[LAST].shape
    assert (every[LAST].bound == few[LAST].bound.max(axis=0)).all()
    # Not where anything is no number, or a whole one.
    odd = given[LAST].copy()
    odd[0, 0] = np.nan
    assert like(few, {LAST: odd}) is None
    assert like(Rounding(_chain()).answers({"x": x}, given, ["label"]), {"label": given["label"]}) is None


def test_numbers_that_are_the_same_in_two_runs_by_chance_have_a_bound() -> None:
    rng = np.random.default_rng(5)
    weights = numpy_helper.from_array(rng.normal(size=(8, 4000)).astype(np.float32), "w")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"]), helper.make_node("Concat", ["y", "x"], ["z"], axis=1)]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 8])
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", None]) for name in ("y", "z")]
    graph = helper.make_graph(nodes, "wide", [given], outputs, [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    inputs = {"x": rng.normal(size=(20, 8)).astype(np.float32)}
    rounding = Rounding(model)
    for name in ("y", "z"):
        expected = run(open_session(model.SerializeToString()), inputs, [name])
        bound = rounding.answers(inputs, expected, [name])[name].bound
        assert (bound[:, :4000] > 0).all()


def test_numbers_below_the_smallest_normal_one_may_be_lost() -> None:
    """TensorFlow computes 1e-41 as 0, ONNX Runtime does not; a 0 where a normal number belongs stays wrong."""
    text = '<ir_version: 10, opset_import: ["": 21]> g (float[N, 1] x) => (float[N, 1] y) { y = Mul (x, x) }'
    model = onnx.parser.parse_model(text)
    x = np.array([[3e-21], [1e-10], [0]], dtype=np.float32)
    answer = Rounding(model).answers({"x": x}, {"y": np.zeros((3, 1), dtype=np.float32)}, ["y"])["y"]
    assert answer.bound[0] == np.finfo(np.float32).tiny
    assert answer.bound[1] < 1e-24
    assert answer.bound[2] == 0


@pytest.mark.parametrize(("mode", "width", "most"), [("linear", 16, 64), ("linear", 0, 8192), ("nearest", 16, 0)])
def test_resized_images_err_by_their_coordinates(mode: str, width: int, most: int) -> None:
    node = helper.make_node("Resize", ["x", "", "scales"], ["y"], mode=mode)
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, width // 2 or None, width // 2 or None])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1, width or None, width or None])
    scales = numpy_helper.from_array(np.array([1, 1, 2, 2], dtype=np.float32), "scales")
    model = helper.make_model(
        helper.make_graph([node], "resize", [given], [output], [scales]),
        opset_imports=[helper.make_opsetid("", 21)],
        ir_version=10,
    )
    inputs = {"x": np.random.default_rng(1).uniform(0.5, 1, size=(2, 1, 8, 8)).astype(np.float32)}
    y = run(open_session(model.SerializeToString()), inputs, ["y"])
    bound = Rounding(model).answers(inputs, y, ["y"])["y"].bound
    assert bound.max() <= most * 10 * 2.0**-24
    assert bound.max() >= most * 2.0**-24 / 4


def test_what_was_computed_in_float64_is_rounded_once() -> None:
    """Two programs that differ in the last digits of float64 may give neighbours in float32; what is only copied may not."""
    text = """<ir_version: 10, opset_import: ["": 21]> g (double[N] x) => (float[N] y, float[N] z) {
        w = Exp (x) y = Cast <to = 1> (w) z = Cast <to = 1> (x)
    }"""
    model = onnx.parser.parse_model(text)
    x = {"x": np.linspace(-0.1, 0.1, 64)}
    given = run(open_session(model.SerializeToString()), x, ["y", "z"])
    bounds = Rounding(model).answers(x, given, ["y", "z"])
    assert (bounds["y"].bound > 2.0**-23).all()
    assert (bounds["y"].bound < 2.0**-18).all()
    assert not bounds["z"].bound.any()


def test_places_of_one_number_err_alike() -> None:
    """All 4,096 places have the same error, which their mean has too: errors of each place alone would average out."""
    rng = np.random.default_rng(0)
    weights, further = (rng.normal(size=(8, width, 1, 1)).astype(np.float32) for width in (3, 8))
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "w"], ["a"]),
            helper.make_node("Sigmoid", ["a"], ["b"]),
            helper.make_node("Conv", ["b", "v"], ["c"]),
            helper.make_node("GlobalAveragePool", ["c"], ["y"]),
        ],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, 64, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 8, 1, 1])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(further, "v")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    x = rng.normal(size=(2, 3, 64, 64)).astype(np.float32)
    x[0] = 0.7
    gates = 1 / (1 + np.exp(-weights[:, :, 0, 0].astype(np.float64) @ x[0, :, 0, 0]))
    exact = further[:, :, 0, 0].astype(np.float64) @ gates
    given = _run(model, x)
    rounding = Rounding(model)
    alone = rounding.answers({"x": x}, given, ["y"])["y"]
    wider = rounding.widened({"y": alone}, {"x": x}, ["y"])["y"]
    apart = np.abs(exact - given["y"][0].ravel())
    assert (apart > alone.bound[0].ravel()).any()
    assert (apart <= wider.bound[0].ravel()).all()
    assert (wider.bound[0] < 1e-3 * np.abs(exact).max()).all()
    np.testing.assert_array_equal(wider.bound[1], alone.bound[1])
