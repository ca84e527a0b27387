"""Runs the cases of a net: in Python here, elsewhere through the runners."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import onnxruntime as ort

from modelport.bundle.reader import Bundle
from modelport.bundle.session import open_model
from modelport.evidence.cases import Case, Tensors
from modelport.ir.contract import Contract
from modelport.ir.session import try_run
from modelport.ir.tensor_answers import empty_answer
from modelport.parity._runner import Failure, NotRun, Runner
from modelport.parity.report import TargetReport, case_report

__all__ = ["Answer", "all_answered", "answer_call", "answer_cases", "prove_cases"]

# Calls at a time: each keeps the tensors of a whole net in memory. Large nets take enough with one.
_BESIDE = 2

Answer: TypeAlias = "Tensors | Failure"


def answer_cases(session: ort.InferenceSession, contract: Contract, cases: Sequence[Case]) -> list[Tensors] | Failure:
    """Returns the outputs of each case by name, or what ONNX Runtime says where it cannot compute one.

    Cases run beside each other, each in one thread, as the session is set: what they give does not depend on it.
    """
    with ThreadPoolExecutor(1 if hasattr(session, "modelport_weights") else _BESIDE) as pool:
        return all_answered(list(pool.map(lambda case: answer_call(session, contract, case.name, case.inputs), cases)))


def answer_call(session: ort.InferenceSession, contract: Contract, name: str, inputs: Tensors) -> Answer:
    """Returns the outputs of a call by name, or what ONNX Runtime says where it cannot compute them."""
    names = [output.name for output in contract.outputs]
    given = empty_answer(contract, inputs) or try_run(session, inputs, names)
    return Failure(f"ONNX Runtime fails in case {name!r}: {given}") if isinstance(given, str) else given


def all_answered(given: Sequence[Answer]) -> list[Tensors] | Failure:
    """Returns the outputs of each call, or the first failure."""
    found: list[Tensors] = []
    for one in given:
        if isinstance(one, Failure):
            return one
        found.append(one)
    return found


def prove_cases(
    bundle: Bundle, runners: Sequence[Runner], cases: Sequence[Case], progress: Callable[[str], None]
) -> dict[str, TargetReport]:
    """Runs each target on the cases that travel with the bundle and compares."""
    results: dict[str, TargetReport] = {}
    for runner in runners:
        progress(f"{runner.name}: building and running")
        start = time.perf_counter()
        result = _run(bundle, runner, cases)
        results[runner.name] = case_report(bundle, cases, result, round(time.perf_counter() - start, 3))
    return results


def _run(bundle: Bundle, runner: Runner, cases: Sequence[Case]) -> list[Tensors] | NotRun | Failure:
    if runner.name == "python-ort":
        return answer_cases(open_model(bundle), bundle.contract, cases)
    if runner.run_net is None:
        return NotRun(f"{runner.name} has no library of nets")
    return runner.run_net(bundle)
