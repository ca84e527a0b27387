"""Says where a proof of a net proves little: an output that is the same whatever the net is given."""

from collections.abc import Sequence

import numpy as np

from modelport.evidence.cases import Case, TensorAnswer
from modelport.ir.contract import Contract

__all__ = ["weak_outputs"]

# Rows that differ by no more than some bounds could be told apart by rounding alone.
_BOUNDS = 4.0


def weak_outputs(contract: Contract, cases: Sequence[Case]) -> list[str]:
    """Returns a note for each output of floats or texts whose rows differ in no case, or by no more than rounding could make them.

    Nets with random weights and without training often give nearly one answer, and a wrong conversion of them would too.
    """
    notes = []
    for output in contract.outputs:
        # Probes differ in ways in which no input does.
        usual = [case for case in cases if case.origin != "probe" and case.rows(contract) > 1]
        batches = [case.answers[output.name] for case in usual]
        batches = [a for a in batches if a.expected.dtype.kind in "fO" and a.expected.ndim and len(a.expected) > 1]
        if batches and not any(_differ(answer) for answer in batches):
            notes.append(
                f"warning: output {output.name!r} hardly depends on what the net is given: its proof says little"
            )
    return notes


def _differ(answer: TensorAnswer) -> bool:
    if answer.expected.dtype.kind == "O":
        return bool((answer.expected != answer.expected[:1]).any())
    values, bound = answer.expected.astype(np.float64), answer.bound
    with np.errstate(all="ignore"):
        spread = values.max(axis=0) - values.min(axis=0)
        return bool((spread > _BOUNDS * np.max(np.asarray(bound), axis=0)).any())
