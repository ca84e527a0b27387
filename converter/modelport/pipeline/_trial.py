"""The graph's side of a proof: its answer to each call, and how far rounding reaches, while the original is asked the next."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import onnxruntime as ort

from modelport.evidence.cases import Case, TensorAnswer, Tensors
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.rounding import Rounding, like
from modelport.evidence.steps import StepRounding
from modelport.evidence.tensor_probes import Call
from modelport.ir.contract import Contract
from modelport.parity._runner import Failure
from modelport.parity.nets import Answer, answer_call
from modelport.pipeline.narrowing import Tried

__all__ = ["Trial"]

Bounded = dict[str, TensorAnswer]


@dataclass(frozen=True)
class _Asked:
    """A call, the original's answer, the graph's, and the bounds of its own; None where it may take another's."""

    call: Call
    expected: Tensors
    given: Future[Answer]
    own: Future[Bounded] | None


class Trial:
    """Takes calls that the original answered; ``finish`` gives the case of each and what the graph answers it.

    Bounds of its own are several runs of the graph for each call: what makes a proof slow. A call whose rows were drawn as
    another's takes that one's, as long as it keeps within it.
    Frameworks keep one core busy at best with a small batch, so that the graph has the others; ``apart`` is for nets whose
    tensors should not be in memory twice.
    """

    def __init__(
        self, session: ort.InferenceSession, rounding: Rounding | StepRounding, contract: Contract, *, apart: bool
    ) -> None:
        self._session = session
        self._rounding = rounding
        self._contract = contract
        self._apart = apart
        self._asked: list[_Asked] = []
        self._answers = ThreadPoolExecutor(1)
        # One thread: the errors that a run draws depend on the runs before it, and the same net must give the same bytes.
        self._bounds = ThreadPoolExecutor(1)

    def note(self, call: Call, expected: Tensors) -> None:
        """Starts on a call."""
        given = self._answers.submit(answer_call, self._session, self._contract, call.name, call.inputs)
        if self._apart:
            given.result()
        own = self._bounds.submit(self._bounded, call, expected) if call.like is None else None
        if self._apart and own is not None:
            own.result()
        self._asked.append(_Asked(call, expected, given, own))

    def finish(self) -> list[Tried]:
        """The cases in the order of the calls, each with the graph's answer."""
        with self._answers, self._bounds:
            own = {one.call.name: one.own.result() for one in self._asked if one.own is not None}
            given = [one.given.result() for one in self._asked]
        tried = list[Tried]()
        for one, outputs in zip(self._asked, given, strict=True):
            call = one.call
            bounds = own.get(call.name) or self._borrowed(own, one, outputs) or self._bounded(call, one.expected)
            case = Case(call.name, call.origin, call.inputs, bounds)
            if not isinstance(outputs, Failure) and not compare_cases([case], self._contract, [outputs]).passed:
                case = replace(case, answers=self._rounding.widened(bounds, call.inputs, list(bounds)))
            tried.append((case, outputs))
        return tried

    def _bounded(self, call: Call, expected: Tensors) -> Bounded:
        return self._rounding.answers(call.inputs, expected, [output.name for output in self._contract.outputs])

    def _borrowed(self, own: dict[str, Bounded], asked: _Asked, given: Answer) -> Bounded | None:
        call = asked.call
        if isinstance(given, Failure) or call.like not in own:
            return None
        answers = like(own[call.like], asked.expected)
        if answers is None:
            return None
        case = Case(call.name, call.origin, call.inputs, answers)
        return answers if compare_cases([case], self._contract, [given]).passed else None
