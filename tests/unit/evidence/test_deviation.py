"""The deviation bounds what two orders of summation can give, and is 0 where IEEE 754 leaves nothing open."""

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from modelport.errors import UnsupportedModelError
from modelport.evidence.deviation import FAST_EXP, deviations
from modelport.ir.builder import GraphBuilder
from modelport.ir.claims import Claim
from modelport.ir.session import run_all

BOOL = ir.DataType.BOOL


def analyse(emit: Callable[[GraphBuilder, ir.Value], ir.Value], x: np.ndarray):
    builder = GraphBuilder()
    value = builder.input("x", ir.DataType.DOUBLE, x.shape[1])
    builder.output(emit(builder, value), "out")
    model = ir.to_proto(builder.build("test"))
    tensors = run_all(model, {"x": x})
    deviation, reasons = deviations(model, tensors)
    return tensors["out"], deviation.get("out"), reasons.get("out", ())


def dot(builder: GraphBuilder, x: ir.Value, weights: np.ndarray) -> ir.Value:
    return builder.op("MatMul", x, builder.constant(weights))


def test_a_dot_product_may_be_added_in_any_order() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1e3, (500, 30))
    w = rng.normal(0, 1, (30, 2))
    got, bound, reasons = analyse(lambda g, v: dot(g, v, w), x)
    assert bound is not None
    assert "30 terms" in reasons[0]
    for _ in range(20):
        order = rng.permutation(30)
        other = np.zeros(got.shape)
        for k in order:
            other += x[:, k : k + 1] * w[k]
        assert (np.abs(other - got) <= bound).all()
    # Not a blanket tolerance: near cancellation it is far above the result's ULP, elsewhere it is tiny.
    assert bound.max() < 1e-9


def test_elementwise_steps_add_nothing() -> None:
    x = np.random.default_rng(0).normal(0, 1e3, (50, 3))
    _, bound, reasons = analyse(
        lambda g, v: g.op("Div", g.op("Sub", v, g.constant(np.array([1.1, 2.2, 3.3]))), g.constant(np.full(3, 0.7))), x
    )
    assert bound is None
    assert reasons == ()


def test_a_sum_of_two_has_one_order() -> None:
    x = np.random.default_rng(0).normal(0, 1e3, (50, 2))
    _, bound, _ = analyse(lambda g, v: g.op("ReduceSum", v, g.constant(np.array([1])), keepdims=1), x)
    assert bound is None


def test_exp_and_division_carry_the_deviation_on() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(0, 1, (200, 8))
    w = rng.normal(0, 1, (8, 3))

    def softmax(g: GraphBuilder, v: ir.Value) -> ir.Value:
        e = g.op("Exp", dot(g, v, w))
        return g.op("Div", e, g.op("ReduceSum", e, g.constant(np.array([1])), keepdims=1))

    got, bound, reasons = analyse(softmax, x)
    scores = np.zeros((200, 3))
    for k in range(8):
        scores += x[:, k : k + 1] * w[k]
    exact = np.exp(scores.astype(np.longdouble))
    exact /= exact.sum(axis=1, keepdims=True)
    assert bound is not None
    assert (np.abs(got - exact) <= bound).all()
    assert (bound < 1e-13).all()
    assert len(reasons) == 3


def test_saturated_links_stay_defined() -> None:
    x = np.array([[-1e9], [1e9], [-800.0], [800.0]])

    def expit(g: GraphBuilder, v: ir.Value) -> ir.Value:
        one = g.constant(np.asarray(1.0))
        score = dot(g, g.op("Concat", v, v, axis=1), np.array([[0.5], [0.5]]))
        return g.op("Div", one, g.op("Add", one, g.op("Exp", g.op("Neg", score))))

    got, bound, _ = analyse(expit, x)
    assert got.ravel().tolist() == [0.0, 1.0, 0.0, 1.0]
    assert bound is None or np.isfinite(bound).all()


def test_a_comparison_within_the_deviation_is_undefined() -> None:
    w = np.array([[1.0], [-1.0], [1.0]])
    x = np.array([[0.3, 0.3, 0.0], [0.3, 0.3, 1.0]])
    _, bound, _ = analyse(
        lambda g, v: g.cast(g.op("Greater", dot(g, v, w), g.constant(np.asarray(0.0)), dtype=BOOL), ir.DataType.DOUBLE),
        x,
    )
    assert bound is not None
    # As a number it is 0 or 1.
    assert bound[0, 0] == 1 and bound[1, 0] == 0


@pytest.mark.parametrize("as_number", [True, False])
def test_a_number_looked_up_by_an_undefined_label_is_one_of_the_table(as_number: bool) -> None:
    w = np.array([[1.0], [-1.0], [1.0]])
    x = np.array([[0.3, 0.3, 0.0], [0.3, 0.3, 1.0]])

    def emit(g: GraphBuilder, v: ir.Value) -> ir.Value:
        above = g.op(
            "Greater", g.op("Squeeze", dot(g, v, w), g.constant(np.array([1]))), g.constant(np.asarray(0.0)), dtype=BOOL
        )
        index = g.cast(above, ir.DataType.INT64)
        table = np.array([5.0, 7.5]) if as_number else ["no", "yes"]
        return g.op("Gather", g.constant(table), index, axis=0)

    _, bound, _ = analyse(emit, x)
    assert bound is not None
    assert bound.tolist() == [2.5 if as_number else np.inf, 0.0]


def test_a_vote_within_the_deviation_counts_one_or_none() -> None:
    w = np.array([[1.0], [-1.0], [1.0]])
    x = np.array([[0.3, 0.3, 0.0], [0.3, 0.3, 1.0]])

    def emit(g: GraphBuilder, v: ir.Value) -> ir.Value:
        vote = g.cast(g.op("Greater", dot(g, v, w), g.constant(np.asarray(0.0)), dtype=BOOL), ir.DataType.DOUBLE)
        return g.op("Div", g.op("Add", vote, vote), g.constant(np.asarray(2.0)))

    _, bound, _ = analyse(emit, x)
    assert bound is not None
    assert 1.0 <= bound[0, 0] < 1.1 and bound[1, 0] == 0


def test_cumulated_sums_carry_what_their_terms_deviate() -> None:
    x = np.random.default_rng(0).normal(0, 1, (5, 4))
    _, bound, _ = analyse(lambda g, v: g.op("CumSum", v, g.constant(np.asarray(1))), x)
    assert bound is None
    terms = np.random.default_rng(1).normal(0, 1, (4, 3))
    got, bound, _ = analyse(lambda g, v: g.op("CumSum", dot(g, v, terms), g.constant(np.asarray(1))), x)
    _, each, _ = analyse(lambda g, v: dot(g, v, terms), x)
    assert bound is not None and each is not None
    assert (bound >= np.cumsum(each, axis=1)).all() and (bound < 1e-13).all()
    assert np.abs(got - np.cumsum(x @ terms, axis=1)).max() <= bound.max()


def test_a_sum_that_overflows_in_some_order_is_undefined() -> None:
    x = np.array([[1.5e308, 1.5e308, -1.5e308], [np.inf, 1.0, 1.0], [1.0, 2.0, 3.0]])
    for emit in (
        lambda g, v: dot(g, v, np.ones((3, 1))),
        lambda g, v: g.op("ReduceSum", v, g.constant(np.array([1])), keepdims=1),
    ):
        _, bound, _ = analyse(emit, x)
        assert bound is not None
        assert np.isinf(bound[0, 0]) and bound[1, 0] == 0 and 0 < bound[2, 0] < 1e-14


def test_an_operator_without_a_rule_is_refused() -> None:
    x = np.zeros((2, 1))
    builder = GraphBuilder()
    builder.output(builder.op("Asinh", builder.input("x", ir.DataType.DOUBLE, 1)), "out")
    with pytest.raises(UnsupportedModelError, match="Asinh"):
        deviations(ir.to_proto(builder.build("test")), {"x": x, "out": x})


def test_the_fast_exponential_of_a_source_errs_with_its_argument() -> None:
    x = np.array([[-2000.0, -700.0, -1.0, 0.0, 3.0, 300.0, 709.7827, 709.78271, 800.0]]).T
    got, bound, reasons = analyse(lambda g, v: g.as_in(FAST_EXP, g.op("Exp", v)), x)
    assert bound is not None
    assert "fast exp" in reasons[0]
    relative = bound[:, 0] / np.maximum(got[:, 0], 1e-300) / np.finfo(np.float64).eps
    assert relative[3] == 8 and relative[2] == 9
    assert relative[5] == 308
    # Below its least argument it may give the smallest normal number, at the last one infinity.
    assert got[0, 0] == 0 and bound[0, 0] == np.finfo(np.float64).tiny
    assert np.isfinite(bound[6, 0]) and np.isinf(bound[7, 0])
    assert np.isinf(got[8, 0]) and bound[8, 0] == 0


@pytest.mark.parametrize("name", ["Sin", "Cos", "Tanh"])
def test_functions_deviate_by_what_their_libraries_state(name: str) -> None:
    x = np.concatenate([np.linspace(-20, 20, 4001), np.arange(40) * np.pi / 2, [1e-300, 1e8]])[:, None]
    got, bound, _ = analyse(lambda g, v: g.op(name, v), x)
    exact = getattr(np, name.lower())(x.astype(np.longdouble))
    assert bound is not None
    assert (np.abs(got - exact) <= bound).all()
    assert bound.max() < 4e-15


def test_powers_of_a_deviating_base() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(0, 1, (300, 5))
    w = rng.normal(0, 1, (5, 1))
    got, bound, _ = analyse(lambda g, v: g.op("Pow", dot(g, v, w), g.constant(np.asarray(3.0))), x)
    assert bound is not None
    assert (np.abs((x.astype(np.longdouble) @ w) ** 3 - got) <= bound).all()


def test_a_floor_is_undefined_only_at_its_steps() -> None:
    w = np.full((3, 1), 1.0)
    _, bound, _ = analyse(lambda g, v: g.op("Floor", dot(g, v, w)), np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.7]]))
    assert bound is not None
    assert bound[0, 0] == 0 and bound[1, 0] == 1


def test_nearest_rows_are_undefined_where_the_last_ties() -> None:
    x = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 2.0], [2.0, 2.0, 3.0]])
    builder = GraphBuilder()
    _, index = builder.top_k(builder.input("x", ir.DataType.DOUBLE, 3), 2)
    builder.output(builder.cast(index, ir.DataType.DOUBLE), "out")
    model = ir.to_proto(builder.build("test"))
    deviation, _ = deviations(model, run_all(model, {"x": x}))
    assert np.isinf(deviation["out"]).any(axis=1).tolist() == [False, True, False]


def test_places_that_tie_are_undefined() -> None:
    x = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 2.0]])
    builder = GraphBuilder()
    rows = builder.input("x", ir.DataType.DOUBLE, 3)
    values, index = builder.top_k(rows, 2)
    builder.output(builder.op("ScatterElements", builder.op("Sub", rows, rows), index, values, axis=1), "out")
    model = ir.to_proto(builder.build("test"))
    deviation, _ = deviations(model, run_all(model, {"x": x}))
    assert deviation["out"].tolist() == [[0, 0, 0], [0, 2, 2]]


def test_a_claim_stands_for_the_nodes_behind_it() -> None:
    # Near 0 the division alone would seem to lose every digit.
    x = np.array([[1e-12, 2e-12], [0.5, 0.25]])
    builder = GraphBuilder()
    total = dot(builder, builder.input("x", ir.DataType.DOUBLE, 2), np.ones((2, 1)))
    value = builder.op(
        "Div", total, builder.op("Sub", builder.op("Add", total, builder.constant(1.0)), builder.constant(1.0))
    )
    builder.output(value, "out")
    model = ir.to_proto(builder.build("test"))
    tensors = run_all(model, {"x": x})
    assert deviations(model, tensors)[0]["out"].max() > 1e-5
    claim = Claim(str(value.name), (str(total.name),), lambda n: n.eps * np.abs(n.result) + n.d(), "a reason")
    deviation, reasons = deviations(model, tensors, None, [claim])
    assert deviation["out"].max() < 1e-15
    assert "a reason" in reasons["out"]


def test_an_undefined_whole_number_is_looked_up_as_anything() -> None:
    x = np.array([[0.1, 0.2], [0.5, -0.5], [2.0, 3.0]])

    def emit(g: GraphBuilder, v: ir.Value) -> ir.Value:
        above = g.op("Greater", dot(g, v, np.ones((2, 1))), g.constant(np.zeros(1)), dtype=BOOL)
        return g.op(
            "LabelEncoder",
            g.cast(above, ir.DataType.INT64),
            domain="ai.onnx.ml",
            dtype=ir.DataType.INT64,
            keys_int64s=[0, 1],
            values_int64s=[5, 9],
            default_int64=7,
        )

    got, bound, _ = analyse(emit, x)
    assert got[:, 0].tolist() == [9, 5, 9]
    assert bound is not None and bound[:, 0].tolist() == [0, np.inf, 0]


def test_zeros_of_a_sum_round_nothing() -> None:
    x = np.zeros((2, 1000))
    x[0, [3, 700]] = 0.1, 0.2
    x[1, [3, 70, 700]] = 0.1, 0.2, 0.3
    _, bound, _ = analyse(lambda g, v: g.op("ReduceSum", v, g.constant(np.array([1])), keepdims=0), x)
    assert bound is not None
    assert bound[0] == 0
    assert bound[1] == pytest.approx(3 * np.finfo(np.float64).eps * 0.6)


def test_what_is_scattered_takes_its_deviation_along() -> None:
    x = np.random.default_rng(1).normal(0, 1, (3, 4))
    ids = np.array([[4, 1, 0, 0], [2, 3, 4, 5], [0, 1, 2, 3]])
    x[0, 3] = 0.0

    def emit(g: GraphBuilder, v: ir.Value) -> ir.Value:
        whole = g.op("ScatterElements", g.constant(np.zeros((3, 6))), g.constant(ids), g.op("Exp", v), axis=1)
        return g.op("Mul", whole, g.constant(np.asarray(2.0)))

    got, bound, _ = analyse(emit, x)
    assert bound is not None
    assert (bound[np.arange(3)[:, None], ids] > 0).all()
    assert bound[0, [2, 3, 5]].tolist() == got[0, [2, 3, 5]].tolist() == [0, 0, 0]


def test_a_nan_that_does_not_deviate_makes_a_product_nan_on_both_sides() -> None:
    b = GraphBuilder()
    x = b.input("x", ir.DataType.DOUBLE, 2)
    moved = b.op("Exp", x)
    rows = b.op("Concat", x, moved, axis=1)
    b.output(b.op("MatMul", rows, b.constant(np.ones((4, 1)))), "y")
    model = ir.to_proto(b.build("m"))
    found, _ = deviations(model, run_all(model, {"x": np.array([[np.nan, 1.0], [0.5, 1.0]])}))
    assert found["y"][0, 0] == 0
    assert 0 < found["y"][1, 0] < 1e-13
