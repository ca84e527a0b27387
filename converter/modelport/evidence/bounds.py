"""States in the contract how far each output may deviate and why, as the analysis of the graph found."""

from collections.abc import Sequence

from msgspec.structs import replace

from modelport.evidence.answers import Answered
from modelport.ir.contract import Bound, Contract, Output

__all__ = ["state_bounds"]

_LABEL = Bound(
    kind="exact",
    reason="a label is right when it is the original's; where scores lie within their bound of each other, each of "
    "those labels is accepted and the row is counted as undefined",
)
_SAME = Bound(kind="exact", reason="the same operations in the same order and type as the original")


def state_bounds(contract: Contract, answered: Sequence[Answered]) -> Contract:
    """Returns the contract with the bound of every output filled in."""
    return replace(contract, outputs=tuple(_stated(output, answered) for output in contract.outputs))


def _stated(output: Output, answered: Sequence[Answered]) -> Output:
    if output.role == "label":
        return replace(output, bound=_LABEL)
    reasons = list(dict.fromkeys(reason for part in answered for reason in part.reasons.get(output.name, ())))
    return replace(output, bound=Bound(kind="per_row", reason="; ".join(reasons)) if reasons else _SAME)
