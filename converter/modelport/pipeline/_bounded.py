"""Cases with their bounds: a call whose rows were drawn as another's takes that one's, as long as it keeps within it."""

from collections.abc import Sequence

from modelport.evidence.cases import Case, TensorAnswer, Tensors
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.rounding import Rounding, like
from modelport.evidence.steps import StepRounding
from modelport.evidence.tensor_probes import Call
from modelport.ir.contract import Contract
from modelport.parity._runner import Failure
from modelport.parity.nets import Answer

__all__ = ["bounded"]


def bounded(
    rounding: Rounding | StepRounding,
    contract: Contract,
    answered: Sequence[tuple[Call, Tensors]],
    given: Sequence[Answer],
) -> list[Case]:
    """Returns a case for each call. ``answered`` has the original's answers, ``given`` those of the graph.

    A bound of its own is several runs of the graph for each call: what makes a proof slow.
    """
    shown = [output.name for output in contract.outputs]
    own = {call.name: rounding.answers(call.inputs, e, shown) for call, e in answered if call.like is None}
    cases = []
    for (call, expected), outputs in zip(answered, given, strict=True):
        answers = own[call.name] if call.like is None else _borrowed(own, contract, call, expected, outputs)
        answers = answers or rounding.answers(call.inputs, expected, shown)
        cases.append(Case(call.name, call.origin, call.inputs, answers))
    return cases


def _borrowed(
    own: dict[str, dict[str, TensorAnswer]], contract: Contract, call: Call, expected: Tensors, outputs: Answer
) -> dict[str, TensorAnswer] | None:
    if isinstance(outputs, Failure) or call.like not in own:
        return None
    answers = like(own[call.like], expected)
    if answers is None:
        return None
    case = Case(call.name, call.origin, call.inputs, answers)
    return answers if compare_cases([case], contract, [outputs]).passed else None
