"""Each pass does what its header says, refuses what it says, and the manager rolls back what moves an answer."""

import numpy as np
import onnx_ir as ir
import pytest

from modelport.errors import PassError
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Contract
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.ir.session import open_session
from modelport.passes._manager import run_passes
from modelport.passes._order import ORDER
from modelport.passes._pass import GraphPass

PASSES = {graph_pass.name: graph_pass for graph_pass in ORDER}
X = np.random.default_rng(0).normal(size=(5, 2))


def graph(emit) -> ir.Model:
    builder = GraphBuilder()
    emit(builder, builder.input("x", ir.DataType.DOUBLE, 2))
    model = builder.build("test")
    for value in model.graph.outputs:
        value.shape = ir.Shape(["N", None])
    return model


def ops(model: ir.Model) -> list[str]:
    return [node.op_type for node in model.graph]


def results(model: ir.Model) -> list[np.ndarray]:
    session = open_session(ir.to_proto(model).SerializeToString())
    return session.run(None, {"x": X})


def check(name: str, model: ir.Model, expected: list[str]) -> None:
    before = results(model)
    assert PASSES[name].apply(model) is True
    assert ops(model) == expected
    assert PASSES[name].broken(model) is None
    for a, b in zip(before, results(model), strict=True):
        np.testing.assert_array_equal(a, b)
    assert PASSES[name].apply(model) is False


def test_eliminate_identity_keeps_output_names() -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        g.output(g.op("Neg", g.op("Identity", x)), "out")

    model = graph(emit)
    check("eliminate_identity", model, ["Neg"])
    assert [v.name for v in model.graph.outputs] == ["out"]


def test_eliminate_identity_keeps_two_outputs_of_one_value() -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        negative = g.op("Neg", x)
        g.output(negative, "value")
        g.output(negative, "link")

    model = graph(emit)
    check("eliminate_identity", model, ["Neg", "Identity"])
    assert [v.name for v in model.graph.outputs] == ["value", "link"]


def test_eliminate_identity_keeps_an_input_that_is_an_output() -> None:
    model = graph(lambda g, x: g.output(x, "out"))
    PASSES["eliminate_identity"].apply(model)
    assert ops(model) == ["Identity"]


def test_common_subexpressions_are_computed_once() -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        g.output(g.op("Add", g.op("Neg", x), g.op("Neg", x)), "out")

    check("eliminate_common_subexpressions", graph(emit), ["Neg", "Add", "Identity"])


def test_nested_concats_become_one() -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        inner = g.op("Concat", x, g.op("Neg", x), axis=1)
        g.output(g.op("Concat", inner, g.op("Abs", x), inner and g.op("Exp", x), axis=1), "out")

    check("merge_concats", graph(emit), ["Neg", "Abs", "Exp", "Concat", "Identity"])


@pytest.mark.parametrize("reason", ["another reader", "another axis"])
def test_merge_concats_refuses(reason: str) -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        inner = g.op("Concat", x, x, axis=0 if reason == "another axis" else 1)
        outer = g.op("Concat", inner, inner if reason == "another axis" else x, axis=1)
        g.output(outer, "out")
        if reason == "another reader":
            g.output(g.op("Neg", inner), "more")

    model = graph(emit)
    assert PASSES["merge_concats"].apply(model) is False


def test_unused_nodes_go() -> None:
    def emit(g: GraphBuilder, x: ir.Value) -> None:
        g.op("Exp", x)
        g.output(g.op("Neg", x), "out")

    check("remove_unused_nodes", graph(emit), ["Neg", "Identity"])


def program() -> Program:
    model = graph(lambda g, x: g.output(g.op("Neg", x), "out"))
    contract = Contract(task="transformer", layout="matrix", inputs=(), features=(), outputs=())
    return Program(model, contract, Provenance(framework="f", framework_version="1", model_class="m"))


def _rename(model: ir.Model) -> bool:
    next(iter(model.graph)).name = "renamed"
    return True


def _raise(_: ir.Model) -> bool:
    raise RuntimeError("boom")


def _lose_output(model: ir.Model) -> bool:
    model.graph.outputs[0].name = "other"
    return True


def test_a_pass_that_moves_an_answer_is_rolled_back_and_named() -> None:
    first = program()
    after, outcomes = run_passes(
        first, [GraphPass("a", _rename), GraphPass("b", lambda _: False)], lambda _: "2 label(s) flipped"
    )
    assert after is first
    assert [(o.name, o.outcome, o.reason) for o in outcomes] == [
        ("a", "rolled back", "2 label(s) flipped"),
        ("b", "unchanged", ""),
    ]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (GraphPass("bad", _raise), "raised RuntimeError: boom"),
        (GraphPass("bad", _lose_output), "changed the inputs or outputs"),
        (GraphPass("bad", _rename, lambda _: "a node is blue"), "a node is blue"),
    ],
)
def test_a_broken_pass_stops_and_names_those_before(bad: GraphPass, what: str) -> None:
    with pytest.raises(PassError, match=what) as err:
        run_passes(program(), [GraphPass("good", _rename), bad], lambda _: None)
    assert err.value.where == "passes; before it ran: good (applied)"
