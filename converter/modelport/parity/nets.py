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

__all__ = ["Answer", "all_answered", "answer_cases", "answers", "prove_cases"]

# Calls at a time: each keeps the tensors of a whole net in memory. Large nets take enough with one.
_BESIDE = 2

Answer: TypeAlias = "Tensors | Failure"


def answer_cases(session: ort.InferenceSession, contract: Contract, cases: Sequence[Case]) -> list[Tensors] | Failure:
    """Returns the outputs of each case by name, or what ONNX Runtime says where it cannot compute one."""
    return all_answered(answers(session, contract, [(case.name, case.inputs) for case in cases]))


def answers(session: ort.InferenceSession, contract: Contract, calls: Sequence[tuple[str, Tensors]]) -> list[Answer]:
    """Returns for each named call its outputs by name, or what ONNX Runtime says where it cannot compute them.

    Calls run beside each other, each in one thread, as the session is set: what they give does not depend on it.
    """
    names = [output.name for output in contract.outputs]

    def answer(call: tuple[str, Tensors]) -> Answer:
        given = empty_answer(contract, call[1]) or try_run(session, call[1], names)
        return Failure(f"ONNX Runtime fails in case {call[0]!r}: {given}") if isinstance(given, str) else given

    with ThreadPoolExecutor(1 if hasattr(session, "modelport_weights") else _BESIDE) as pool:
        return list(pool.map(answer, calls))


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
