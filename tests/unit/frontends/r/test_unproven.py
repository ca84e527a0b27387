"""Classes whose packages were not at hand, on objects of their documented structure, by the same formula in NumPy."""

import numpy as np
import pytest

from modelport.frontends.r._arguments import with_elements
from modelport.frontends.r._model import models
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import NULL, RList, RObject, RPairs, RStrings, RSymbol, RVector
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

ROWS = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 3.0]])


def matrix(values: np.ndarray) -> RVector:  # type: ignore[type-arg]
    dim = RVector("integer", np.array(values.shape, dtype=np.int32))
    return RVector("double", values.ravel(order="F"), {"dim": dim})


def text(*values: str) -> RStrings:
    return RStrings(list(values))


def named(**values: RObject) -> RList:
    return RList(list(values.values()), attributes={"names": text(*values)})


def value_of(kind: str, model: RObject, hints: Hints) -> np.ndarray:  # type: ignore[type-arg]
    return given(kind, model, hints, "value")


def given(kind: str, model: RObject, hints: Hints, name: str) -> np.ndarray:  # type: ignore[type-arg]
    import onnx_ir as ir

    found = models()[kind]
    variables = found.variables(model, hints)
    builder = GraphBuilder()
    inputs = {v.name: builder.input(v.name, ir.DataType.DOUBLE, 1) for v in variables}
    prediction = found.convert(Scope(builder, {v.name: v for v in variables}, inputs), model)
    builder.output(getattr(prediction, name), "value")
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    feeds = {name: ROWS[:, k : k + 1] for k, name in enumerate(inputs)}
    return np.asarray(run(session, feeds, ["value"])["value"])


@pytest.mark.parametrize("linear", [True, False])
def test_neuralnet(linear: bool) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 4)), rng.normal(size=(5, 1))
    activation = RStrings([], {"type": text("logistic")})
    model = named(
        weights=RList([RList([matrix(first), matrix(second)])]),
        **{"model.list": named(variables=text("a", "b")), "act.fct": activation},
        **{"linear.output": RVector("logical", np.array([int(linear)], dtype=np.int32))},
    )
    one = np.ones((3, 1))
    hidden = 1 / (1 + np.exp(-np.hstack([one, ROWS]) @ first))
    wanted = (np.hstack([one, hidden]) @ second)[:, 0]
    wanted = wanted if linear else 1 / (1 + np.exp(-wanted))
    np.testing.assert_allclose(value_of("nn", model, Hints()), wanted, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sig", lambda x: 1 / (1 + np.exp(-x))),
        ("sin", np.sin),
        ("radbas", lambda x: np.exp(-(x**2))),
        ("hardlim", lambda x: (x >= 0) * 1.0),
        ("hardlims", lambda x: np.where(x >= 0, 1.0, -1.0)),
        ("satlins", lambda x: np.clip(x, -1, 1)),
        ("tansig", lambda x: 2 / (1 + np.exp(-2 * x)) - 1),
        ("tribas", lambda x: np.where(np.abs(x) <= 1, 1 - np.abs(x), 0.0)),
        ("poslin", lambda x: np.maximum(x, 0)),
        ("purelin", lambda x: x),
    ],
)
def test_elm_nn(name: str, function: object) -> None:
    rng = np.random.default_rng(1)
    weights, bias, output = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(4, 1))
    formula = RPairs([RSymbol("~"), RSymbol("y"), RSymbol(".")], ["", "", ""], "call")
    model = named(
        inpweight=matrix(weights),
        biashid=RVector("double", bias),
        outweight=matrix(output),
        actfun=text(name),
        formula=formula,
    )
    hidden = np.hstack([np.ones((3, 1)), ROWS]) @ weights.T + bias
    wanted = (function(hidden) @ output)[:, 0]  # type: ignore[operator]
    found = value_of("elmNN", model, Hints({"y": "number", "a": "number", "b": "number"}))
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


ELM = {
    "sig": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.where(x < 0, 0.0, x),
    "tribas": lambda x: np.where((x >= -1) & (x <= 1), 1 - np.abs(x), x),
}


def _elm(actfun: str, *, classes: bool, bias: bool) -> tuple[RList, np.ndarray]:  # type: ignore[type-arg]
    """An object of elmNNRcpp's elm() of two numbers, and what elm_predict() makes of ROWS."""
    rng = np.random.default_rng(7)
    weights, output = rng.normal(size=(5, 2)), rng.normal(size=(5, 3 if classes else 1))
    shift = rng.normal(size=(5, 1)) if bias else np.zeros((0, 1))
    plus = RPairs([RSymbol("+"), RSymbol("a"), RSymbol("b")], ["", "", ""], "call")
    listed = RPairs([RSymbol("list"), RSymbol("y"), RSymbol("a"), RSymbol("b")], [""] * 4, "call")
    factors = matrix(np.array([[0, 0], [1, 0], [0, 1]]).astype(float))
    dimnames = RList([text("y", "a", "b"), text("a", "b")])
    factors = RVector("integer", factors.values.astype(np.int32), {**factors.attributes, "dimnames": dimnames})
    kinds = text("factor" if classes else "numeric", "numeric", "numeric")
    one = RVector("integer", np.array([1], dtype=np.int32))
    terms = RPairs(
        [RSymbol("~"), RSymbol("y"), plus],
        ["", "", ""],
        "call",
        {
            "variables": listed,
            "predvars": listed,
            "factors": factors,
            "term.labels": text("a", "b"),
            "intercept": one,
            "response": one,
            "dataClasses": RStrings(kinds.values, {"names": text("y", "a", "b")}),
        },
    )
    outweight = matrix(output)
    if classes:
        named_columns = RList([NULL, text("u", "v", "w")])
        outweight = RVector("double", outweight.values, {**outweight.attributes, "dimnames": named_columns})
    no, yes = (RVector("logical", np.array([flag], dtype=np.int32)) for flag in (0, 1))
    model = named(
        inpweight=matrix(weights),
        biashid=matrix(shift),
        outweight=outweight,
        actfun=text(actfun),
        formula=terms,
        is_regression=no if classes else yes,
        is_logical=no,
    )
    hidden = ROWS @ weights.T + (shift.ravel() if bias else 0.0)
    return model, ELM[actfun](hidden) @ output  # type: ignore[no-any-return, operator]


@pytest.mark.parametrize("actfun", sorted(ELM))
@pytest.mark.parametrize("bias", [False, True])
def test_elm(actfun: str, bias: bool) -> None:
    model, wanted = _elm(actfun, classes=False, bias=bias)
    assert models()["elm"].refuse(model) == []
    np.testing.assert_allclose(value_of("elm", model, Hints()), wanted[:, 0], rtol=1e-12)


def test_elm_of_classes() -> None:
    model, wanted = _elm("sig", classes=True, bias=True)
    np.testing.assert_array_equal(given("elm", model, Hints(), "index"), wanted.argmax(axis=1))
    shares = np.abs(wanted) / np.abs(wanted).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(given("elm", model, Hints(), "probability"), shares, rtol=1e-12)


def test_elm_refuses_what_a_batch_decides() -> None:
    model, _ = _elm("sig", classes=False, bias=False)
    model = with_elements(model, actfun=text("satlins"))  # type: ignore[assignment]
    assert "only where no value of all rows" in models()["elm"].refuse(model)[0]
