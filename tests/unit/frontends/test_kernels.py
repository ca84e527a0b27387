"""Element types without a kernel: what is computed instead gives what the operator means, and the rest is named."""

from typing import Any

import numpy as np
import onnx_ir as ir
import pytest
from scipy import special

from modelport.errors import UnsupportedModelError
from modelport.frontends._kernels import give_kernels
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session, run

X = np.array([[-30.0, -2.5, -0.1, -0.0, 0.0, 0.1, 1.5, 40.0]])


def _model(op: str, count: int, kind: ir.DataType, result: ir.DataType | None = None, **attributes: Any) -> ir.Model:
    inputs = [ir.Value(name=f"x{i}", type=ir.TensorType(kind), shape=ir.Shape(["N", 8])) for i in range(count)]
    output = ir.Value(name="y", type=ir.TensorType(result or kind), shape=ir.Shape(["N", 8]))
    node = ir.Node("", op, inputs, ir.convenience.convert_attributes(attributes), outputs=[output], name="node")
    graph = ir.Graph(inputs, [output], nodes=[node], opset_imports={"": 21}, name="one")
    return ir.Model(graph, ir_version=10)


def _run(model: ir.Model, *values: np.ndarray) -> np.ndarray:
    return run(open_session(to_bytes(model)), {f"x{i}": value for i, value in enumerate(values)}, ["y"])["y"]


@pytest.mark.parametrize(
    ("op", "attributes", "expected"),
    [
        ("Elu", {"alpha": 0.3}, np.where(X > 0, X, 0.3 * np.expm1(X))),
        ("Selu", {}, 1.0507009873554805 * np.where(X > 0, X, 1.6732632423543772 * np.expm1(X))),
        ("LeakyRelu", {"alpha": 0.01}, np.where(X > 0, X, 0.01 * X)),
        ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, np.clip(X / 6 + 0.5, 0, 1)),
        ("HardSwish", {}, X * np.clip(X / 6 + 0.5, 0, 1)),
        ("Softplus", {}, np.logaddexp(X, 0)),
        ("Mish", {}, X * np.tanh(np.logaddexp(X, 0))),
        ("ThresholdedRelu", {"alpha": 0.3}, np.where(X > 0.3, X, 0)),
        ("Softsign", {}, X / (1 + abs(X))),
        ("Sinh", {}, np.sinh(X)),
        ("Cosh", {}, np.cosh(X)),
        ("Tan", {}, np.tan(X)),
        ("Erf", {}, special.erf(X)),
        ("Gelu", {}, X / 2 * (1 + special.erf(X / np.sqrt(2)))),
        ("Gelu", {"approximate": "tanh"}, X / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (X + 0.044715 * X**3)))),
        ("Atan", {}, np.arctan(X)),
    ],
)
def test_float64_is_written_in_other_operators(op: str, attributes: dict, expected: np.ndarray) -> None:
    model = _model(op, 1, ir.DataType.DOUBLE, **attributes)
    assert give_kernels(model, {}, "a test") == 1
    # float32 anywhere on the way would be off by 1e-8 and more.
    assert _run(model, X) == pytest.approx(expected, rel=1e-13, abs=1e-15)
    assert give_kernels(model, {}, "a test") == 0


@pytest.mark.parametrize(
    ("op", "function", "reach"),
    [("Erf", special.erf, 8), ("Atan", np.arctan, 1e3), ("Asin", np.arcsin, 1), ("Acos", np.arccos, 1)],
)
def test_series_of_float64_are_exact_everywhere(op: str, function: Any, reach: float) -> None:
    model = _model(op, 1, ir.DataType.DOUBLE)
    give_kernels(model, {}, "a test")
    far = [0.0, 1e-300, 1e-8, 1.0, 1.5, 1e200, np.inf, np.nan]
    x = np.concatenate([reach * np.linspace(-1, 1, 4_000) ** 3, far, [-value for value in far]]).reshape(-1, 8)
    with np.errstate(invalid="ignore"):
        expected = function(x)
    # arccos is asked near 1, where it is 0.
    np.testing.assert_allclose(_run(model, x), expected, rtol=2e-15, atol=1e-16)


@pytest.mark.parametrize(
    ("op", "kind", "numpy"),
    [
        ("Max", ir.DataType.INT16, np.maximum),
        ("Min", ir.DataType.UINT16, np.minimum),
        ("Add", ir.DataType.BOOL, np.add),
        ("Mul", ir.DataType.BOOL, np.multiply),
    ],
)
def test_narrow_wholes_and_truths_are_computed_in_wider_ones(op: str, kind: ir.DataType, numpy: Any) -> None:
    rng = np.random.default_rng(0)
    high = 2 if kind == ir.DataType.BOOL else 60_000
    x, y = (rng.integers(0, high, size=(4, 8)).astype(np.int64).astype(kind.numpy()) for _ in range(2))
    model = _model(op, 2, kind)
    assert give_kernels(model, {}, "a test") == 1
    assert (_run(model, x, y) == numpy(x, y)).all()


def test_names_are_made_once() -> None:
    """The exporter counts on: 'y_1' and 'y_2' are of other nodes, and stay theirs."""
    x, wide = ir.Value(name="x0", type=ir.TensorType(ir.DataType.DOUBLE)), ir.DataType.DOUBLE
    y, one, two = (ir.Value(name=name, type=ir.TensorType(wide)) for name in ("elu", "elu_1", "y"))
    nodes = [
        ir.Node("", op, given, outputs=[made], name=f"node_{op}")
        for op, given, made in (("Elu", [x], y), ("Neg", [x], one), ("Add", [y, one], two))
    ]
    model = ir.Model(ir.Graph([x], [two], nodes=nodes, opset_imports={"": 21}, name="one"), ir_version=10)
    assert give_kernels(model, {}, "a test") == 1
    assert _run(model, X[0]) == pytest.approx(np.where(X[0] > 0, X[0], np.expm1(X[0])) - X[0])


def test_a_value_that_several_widened_nodes_take() -> None:
    kind = ir.DataType.INT16
    x0, x1 = (ir.Value(name=f"x{i}", type=ir.TensorType(kind), shape=ir.Shape(["N"])) for i in (0, 1))
    most, least, y = (ir.Value(name=name, type=ir.TensorType(kind)) for name in ("most", "least", "y"))
    nodes = [
        ir.Node("", op, given, outputs=[made], name=f"node_{op}")
        for op, given, made in (("Max", [x0, x1], most), ("Min", [x0, x0], least), ("Sub", [most, least], y))
    ]
    model = ir.Model(ir.Graph([x0, x1], [y], nodes=nodes, opset_imports={"": 21}, name="one"), ir_version=10)
    assert give_kernels(model, {}, "a test") >= 2
    a, b = np.array([3, -4, 5], dtype=np.int16), np.array([1, 7, 5], dtype=np.int16)
    assert _run(model, a, b).tolist() == (np.maximum(a, b) - a).tolist()


def test_what_is_left_is_named_with_its_layer() -> None:
    with pytest.raises(UnsupportedModelError, match=r"Asinh of double in encoder\.act"):
        give_kernels(_model("Asinh", 1, ir.DataType.DOUBLE), {"y": "encoder.act"}, "a test")


def test_what_has_a_kernel_is_left_alone() -> None:
    model = _model("Elu", 1, ir.DataType.FLOAT)
    before = to_bytes(model)
    assert give_kernels(model, {}, "a test") == 0
    assert to_bytes(model) == before
