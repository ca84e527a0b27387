"""Runs the cases of a net: in Python here, elsewhere through the runners."""

import time
from collections.abc import Callable, Sequence

import onnxruntime as ort

from modelport.bundle.reader import Bundle
from modelport.bundle.session import open_model
from modelport.evidence.cases import Case, Tensors
from modelport.ir.contract import Contract
from modelport.ir.session import try_run
from modelport.ir.tensor_answers import empty_answer
from modelport.parity._runner import Failure, NotRun, Runner
from modelport.parity.report import TargetReport, case_report

__all__ = ["answer_cases", "prove_cases"]


def answer_cases(session: ort.InferenceSession, contract: Contract, cases: Sequence[Case]) -> list[Tensors] | Failure:
    """Returns the outputs of each case by name, or what ONNX Runtime says where it cannot compute one."""
    names = [output.name for output in contract.outputs]
    answers: list[Tensors] = []
    for case in cases:
        answer = empty_answer(contract, case.inputs) or try_run(session, case.inputs, names)
        if isinstance(answer, str):
            return Failure(f"ONNX Runtime fails in case {case.name!r}: {answer}")
        answers.append(answer)
    return answers


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
