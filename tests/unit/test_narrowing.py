"""What a contract refuses because ONNX Runtime answers it otherwise than the original."""

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto as T
from onnx import helper

from modelport.evidence.cases import Case, Origin, TensorAnswer, Tensors
from modelport.ir.contract import Axis, Bound, Contract, Input, Output
from modelport.ir.session import open_session
from modelport.parity.nets import answer_call
from modelport.pipeline.narrowing import narrowed

CONTRACT = Contract(
    task="net",
    layout="tensors",
    inputs=(Input(name="x", element="float", shape=("batch", "length")),),
    features=(),
    outputs=(Output(name="y", role="number", dtype="float32", bound=Bound(kind="exact", reason=""), shape=("batch",)),),
    axes=(Axis(symbol="batch", least=0, most=None), Axis(symbol="length", least=0, most=None)),
)


class Flushing:
    """The mean of each row in a place where denormal numbers count as 0."""

    def ask(self, inputs: Tensors) -> Tensors:
        rows = np.where(np.abs(inputs["x"]) < 1.2e-38, 0, inputs["x"])
        return {"y": rows.mean(axis=1).astype(np.float32)}

    def trace(self, inputs: Tensors) -> Tensors:
        return {}


ORACLE = Flushing()


@pytest.fixture(scope="module")
def session() -> ort.InferenceSession:
    """The mean of each row, which is 0 in ONNX Runtime where the row is empty."""
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["x"], ["y"], axes=[1], keepdims=0)],
        "net",
        [helper.make_tensor_value_info("x", T.FLOAT, ["batch", "length"])],
        [helper.make_tensor_value_info("y", T.FLOAT, ["batch"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    return open_session(model.SerializeToString())


def _case(x: np.ndarray, y: list[float], origin: Origin = "probe") -> Case:
    expected = np.array(y, dtype=np.float32)
    return Case("one", origin, {"x": x.astype(np.float32)}, {"y": TensorAnswer(expected, np.zeros(expected.shape))})


def _narrowed(session: ort.InferenceSession, cases: list[Case]) -> tuple[Contract, list[Case], list[str]]:
    given = [answer_call(session, CONTRACT, case.name, case.inputs) for case in cases]
    contract, kept, notes = narrowed(CONTRACT, list(zip(cases, given, strict=True)), ORACLE, of_half=False)
    return contract, [case for case, _ in kept], notes


def test_a_length_of_0_that_the_graph_answers_otherwise(session: ort.InferenceSession) -> None:
    plain, empty, none = (
        _case(np.ones((2, 3)), [1, 1]),
        _case(np.ones((2, 0)), [np.nan] * 2),
        _case(np.ones((0, 3)), []),
    )
    contract, kept, notes = _narrowed(session, [plain, empty, none])
    assert contract.axes == (Axis(symbol="batch", least=0, most=None), Axis(symbol="length", least=1, most=None))
    assert kept == [plain, none]
    assert not notes


def test_one_that_it_answers_alike_stays(session: ort.InferenceSession) -> None:
    cases = [_case(np.ones((2, 3)), [1, 1]), _case(np.ones((2, 0)), [0, 0])]
    assert _narrowed(session, cases) == (CONTRACT, cases, [])


def test_the_sample_is_kept_and_fails(session: ort.InferenceSession) -> None:
    cases = [_case(np.ones((2, 0)), [np.nan] * 2, "sample")]
    assert _narrowed(session, cases) == (CONTRACT, cases, [])


def test_what_is_not_finite(session: ort.InferenceSession) -> None:
    odd = _case(np.array([[np.nan, 1.0]]), [3])
    contract, kept, _ = _narrowed(session, [odd])
    assert contract.inputs[0].finite is True
    assert not kept
    alike = _case(np.array([[np.nan, 1.0]]), [np.nan])
    assert _narrowed(session, [alike]) == (CONTRACT, [alike], [])


def test_denormals_that_the_original_takes_for_0(session: ort.InferenceSession) -> None:
    tiny = _case(np.array([[2e-41, 2e-41]]), [0])
    contract, kept, (note,) = _narrowed(session, [tiny])
    assert contract == CONTRACT
    assert not kept
    assert "takes denormal numbers (below 1.2e-38) for 0" in note
    # An output that is a copy in part keeps them.
    copied = _case(np.array([[2e-41, 2e-41]]), [3e-41])
    assert not _narrowed(session, [copied])[1]
    # Another answer than that to zeros is another fault, which the proof shows.
    wrong = _case(np.array([[2e-41, 2e-41]]), [7])
    assert _narrowed(session, [wrong]) == (CONTRACT, [wrong], [])
