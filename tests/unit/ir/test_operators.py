"""Every allowed operator is what the table promises: exact against numpy in float64, or of the stated error."""

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from modelport.evidence.deviation import SPECIAL_ULP
from modelport.ir.builder import GraphBuilder
from modelport.ir.operators import ALLOWED, outside
from modelport.ir.session import open_session

A = np.array([[1.1, -2.5, 0.0, np.nan, np.inf, 1e-310, 3.0000000000000004, -700.25]])
B = np.array([[0.3, -2.5, -0.0, 1.0, -np.inf, 1e300, 3.0, 0.1]])
AXIS = np.array([1], dtype=np.int64)
BOOL = ir.DataType.BOOL
INT64 = ir.DataType.INT64


def evaluate(emit: Callable[[GraphBuilder, ir.Value, ir.Value], ir.Value], a=A, b=B) -> np.ndarray:
    builder = GraphBuilder()
    first = builder.input("a", ir.DataType.DOUBLE, a.shape[1])
    second = builder.input("b", ir.DataType.DOUBLE, b.shape[1])
    builder.output(emit(builder, first, second), "out")
    session = open_session(ir.to_proto(builder.build("test")).SerializeToString())
    return session.run(["out"], {"a": a, "b": b})[0]


BINARY = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
}
COMPARE = {
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arithmetic_is_exact(name: str) -> None:
    got = evaluate(lambda g, a, b: g.op(name, a, b))
    np.testing.assert_array_equal(got, BINARY[name](A, B))


@pytest.mark.parametrize("name", COMPARE)
def test_comparisons_are_exact(name: str) -> None:
    got = evaluate(lambda g, a, b: g.op(name, a, b, dtype=BOOL))
    np.testing.assert_array_equal(got, COMPARE[name](A, B))


@pytest.mark.parametrize(
    ("name", "function"), [("Sqrt", np.sqrt), ("Abs", np.abs), ("Neg", np.negative), ("Floor", np.floor)]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_elementwise_is_exact(name: str, function: Callable[[np.ndarray], np.ndarray]) -> None:
    np.testing.assert_array_equal(evaluate(lambda g, a, _: g.op(name, a)), function(A))


@pytest.mark.parametrize(
    ("name", "function", "low", "high"), [("Exp", np.exp, -700, 700), ("Log", np.log, 1e-300, 1e5)]
)
def test_special_functions_keep_their_stated_error(name, function, low, high) -> None:
    x = np.random.default_rng(0).uniform(low, high, (1, 20000))
    got = evaluate(lambda g, a, _: g.op(name, a), x, x[:, :1])
    want = function(x)
    assert (np.abs(got - want) <= SPECIAL_ULP[name] * np.spacing(np.abs(want))).all()


def test_exp_keeps_its_stated_error_in_float32() -> None:
    x = np.random.default_rng(0).uniform(-87, 88, (1, 200_000)).astype(np.float32).astype(np.float64)
    got = evaluate(lambda g, a, _: g.op("Exp", g.cast(a, ir.DataType.FLOAT)), x, x[:, :1])
    want = np.exp(x)
    assert got.dtype == np.float32
    # What is left of the bound of both sides after numpy's own 2.52 ULP.
    assert (np.abs(got - want) <= (SPECIAL_ULP["Exp"] - 2.52) * np.spacing(want.astype(np.float32))).all()


@pytest.mark.parametrize("dtype", [ir.DataType.DOUBLE, ir.DataType.FLOAT])
def test_e_to_the_power_of_nothing_is_one(dtype: ir.DataType) -> None:
    x = np.tile([0.0, -0.0], (1, 9))
    assert (evaluate(lambda g, a, _: g.op("Exp", g.cast(a, dtype)), x, x) == 1).all()


@pytest.mark.parametrize("name", ["Sin", "Cos", "Tanh"])
def test_trigonometric_functions_keep_their_stated_error(name: str) -> None:
    """Sin and cos in absolute terms: near their zeros the reduction by pi/2 leaves some 3 eps."""
    x = np.random.default_rng(0).uniform(-1e3, 1e3, (1, 20000))
    x[0, :1000] = np.round(x[0, :1000]) * (np.pi / 2)
    got = evaluate(lambda g, a, _: g.op(name, a), x, x[:, :1])
    want = getattr(np, name.lower())(x)
    assert np.abs(got - want).max() <= (9 if name == "Tanh" else 4) * np.finfo(np.float64).eps


@pytest.mark.parametrize("exponent", [2.0, 3.0, 0.5, -1.5, 7.0])
def test_powers_keep_their_stated_error(exponent: float) -> None:
    x = np.random.default_rng(0).uniform(1e-3, 1e3, (1, 20000))
    got = evaluate(lambda g, a, _: g.op("Pow", a, g.constant(np.asarray(exponent))), x, x[:, :1])
    want = np.power(x.astype(np.longdouble), exponent)
    assert (np.abs(got - want) <= 2 * np.spacing(want.astype(np.float64))).all()


@pytest.mark.parametrize(
    ("name", "function"), [("Floor", np.floor), ("Ceil", np.ceil), ("Round", np.rint), ("Sign", np.sign)]
)
def test_steps_are_exact(name: str, function: Callable[[np.ndarray], np.ndarray]) -> None:
    x = np.array([[0.5, 1.5, 2.5, -0.5, -1.5, 1e300, np.inf, -np.inf, np.nan, 4503599627370497.5, -0.0]])
    np.testing.assert_array_equal(evaluate(lambda g, a, _: g.op(name, a), x, x), function(x))


def test_fmod_is_exact() -> None:
    x = np.random.default_rng(0).normal(0, 1e6, (1, 5000))
    got = evaluate(lambda g, a, _: g.op("Mod", a, g.constant(np.asarray(2.7)), fmod=1), x, x)
    np.testing.assert_array_equal(got, np.fmod(x, 2.7))


def test_top_k_takes_the_first_of_equals() -> None:
    # Without NaN, whose place is another one in each release: converters see to it that none gets there.
    x = np.array([[3.0, 1.0, 1.0, 7.0, 0.0, np.inf]])
    values = evaluate(lambda g, a, _: g.top_k(a, 6)[0], x, x)
    index = evaluate(lambda g, a, _: g.top_k(a, 6)[1], x, x)
    np.testing.assert_array_equal(values, [[0.0, 1.0, 1.0, 3.0, 7.0, np.inf]])
    assert index.tolist() == [[4, 1, 2, 0, 3, 5]]
    taken = evaluate(lambda g, a, _: g.op("GatherElements", a, g.top_k(a, 2)[1], axis=1), x, x)
    assert taken.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("dtype", [ir.DataType.DOUBLE, ir.DataType.FLOAT])
def test_cumulated_sums_go_from_left_to_right(dtype: ir.DataType) -> None:
    x = np.random.default_rng(0).normal(0, 1e3, (50, 70)).astype(dtype.numpy())
    want = np.zeros_like(x)
    want[:, 0] = x[:, 0]
    for k in range(1, 70):
        want[:, k] = want[:, k - 1] + x[:, k]
    wide = x.astype(np.float64)
    got = evaluate(
        lambda g, a, _: g.cast(g.op("CumSum", g.cast(a, dtype), g.constant(np.asarray(1))), ir.DataType.DOUBLE),
        wide,
        wide,
    )
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(want, np.cumsum(x, axis=1))


@pytest.mark.parametrize("dtype", [ir.DataType.DOUBLE, ir.DataType.FLOAT], ids=str)
def test_scattered_values_are_added_to_zeros(dtype: ir.DataType) -> None:
    values = np.array([[0.1, 1e30, 0.0, 0.0], [3.0, -2.5, 0.7, 1e-40]])
    ids = np.array([[6, 2, 0, 0], [0, 1, 5, 6]])

    def emit(g: GraphBuilder, a: ir.Value, _: ir.Value) -> ir.Value:
        rows = g.op("Gather", g.op("Shape", a, dtype=INT64), g.constant(np.array([0])), axis=0)
        shape = g.op("Concat", rows, g.constant(np.array([7])), axis=0)
        zeros = g.op("Expand", g.constant(np.zeros((1, 1)), dtype), shape)
        return g.op("ScatterElements", zeros, g.constant(ids), g.cast(a, dtype), axis=1, reduction="add")

    expected = np.zeros((2, 7), dtype=dtype.numpy())
    np.put_along_axis(expected, ids, values.astype(dtype.numpy()), axis=1)
    np.testing.assert_array_equal(evaluate(emit, values, values), expected)


def test_float32_cast_rounds_to_nearest() -> None:
    x = np.array([[0.1, 16777217.0, 3.4028235677973362e38, 1e-46]])
    got = evaluate(lambda g, a, _: g.cast(g.cast(a, ir.DataType.FLOAT), ir.DataType.DOUBLE), x, x)
    np.testing.assert_array_equal(got, x.astype(np.float32).astype(np.float64))


def test_argmax_takes_the_first_of_equals() -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    got = evaluate(lambda g, a, _: g.op("ArgMax", a, dtype=INT64, axis=1, keepdims=0, select_last_index=0), x, x)
    assert got.tolist() == [1, 0]


def test_string_equality_tells_the_sentinels_apart() -> None:
    builder = GraphBuilder()
    value = builder.input("a", ir.DataType.STRING, 1)
    builder.output(builder.op("Equal", value, builder.constant(["", "\ue000missing", "Zoë", "😀"]), dtype=BOOL), "out")
    session = open_session(ir.to_proto(builder.build("test")).SerializeToString())
    rows = np.array([[""], ["\ue000missing"], ["Zoë"], ["😀"], ["Zoe"]], dtype=object)
    assert session.run(["out"], {"a": rows})[0].tolist() == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
        [False] * 4,
    ]


def test_the_table_refuses_what_is_inexact() -> None:
    builder = GraphBuilder()
    value = builder.input("a", ir.DataType.DOUBLE, 1)
    builder.output(builder.op("Sigmoid", builder.op("Erf", value)), "out")
    assert outside(builder.build("test").graph) == ["Erf(DOUBLE)", "Sigmoid(DOUBLE)"]
    assert ("", "Sigmoid") not in ALLOWED


def test_a_loop_repeats_until_its_body_says_so() -> None:
    def emit(g: GraphBuilder, a: ir.Value, _: ir.Value) -> ir.Value:
        def halve(inner: GraphBuilder, given: list[ir.Value]) -> tuple[ir.Value, list[ir.Value]]:
            (x,) = given
            half = inner.op("Mul", x, inner.constant(np.asarray(0.5)))
            total = inner.op("ReduceSum", half, inner.constant(np.array([0, 1])), keepdims=0)
            return inner.op("Greater", total, inner.constant(np.asarray(1.0)), dtype=BOOL), [half]

        return g.loop(10, g.constant(np.asarray(True)), [a], halve)[0]

    assert evaluate(emit, np.array([[12.0, 4.0]]), np.array([[0.0]])).tolist() == [[0.75, 0.25]]
    assert evaluate(emit, np.array([[1e9, 0.0]]), np.array([[0.0]])).tolist() == [[1e9 / 1024, 0.0]]


def test_the_table_looks_into_loops() -> None:
    g = GraphBuilder()
    value = g.input("a", ir.DataType.DOUBLE, 1)

    def body(inner: GraphBuilder, given: list[ir.Value]) -> tuple[ir.Value, list[ir.Value]]:
        return inner.op("Identity", inner.constant(np.asarray(True))), [inner.op("Erf", given[0])]

    g.output(g.loop(2, g.constant(np.asarray(True)), [value], body)[0], "out")
    assert outside(g.build("test").graph) == ["Erf(DOUBLE)"]
