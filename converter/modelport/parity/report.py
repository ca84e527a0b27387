"""The parity report: what each target said of the same vectors, as data; the renderers beside it draw it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from modelport.bundle.reader import Bundle
from modelport.evidence.cases import Case, Tensors
from modelport.evidence.compare import Comparison, compare
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.vectors import Vectors
from modelport.ir.contract import Contract
from modelport.parity._runner import Answers, Failure, NotRun

__all__ = [
    "OutputBound",
    "Report",
    "TargetReport",
    "WorstRow",
    "case_report",
    "judge",
    "make_report",
    "target_report",
    "without_private",
]


class WorstRow(msgspec.Struct, frozen=True):
    """The row that lies farthest over, or else nearest to, its bound."""

    row: int
    output: str
    inputs: dict[str, Any]
    expected: str
    got: str
    distance: float
    bound: float


class TargetReport(msgspec.Struct, frozen=True, kw_only=True):
    """One target. ``max_ratio`` is the largest distance over its bound: 1 is the limit."""

    status: str
    rows: int = 0
    flips: int = 0
    over: int = 0
    wrong_status: int = 0
    max_abs: float = 0.0
    max_ulp: int = 0
    max_ratio: float = 0.0
    seconds: float = 0.0
    reason: str = ""
    worst: WorstRow | None = None


class OutputBound(msgspec.Struct, frozen=True):
    """The bound of one output as the contract states it."""

    name: str
    kind: str
    reason: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One proof of one bundle. ``passed`` is true when every target that ran passed and at least one ran.

    ``rows`` counts vectors by origin; ``refused`` rows are those that the original refuses (their status is what is
    compared); ``undefined`` rows are those whose answer the original itself does not fix.
    """

    model_id: str
    name: str
    version: str
    compiler: str
    framework: str
    model_class: str
    task: str
    passed: bool
    rows: dict[str, int]
    refused: int
    undefined: int
    bounds: tuple[OutputBound, ...]
    passes: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    targets: dict[str, TargetReport]


def judge(vectors: Vectors, bundle: Bundle, answers: Answers) -> Comparison:
    """Compares a target's answers with the vectors of its bundle."""
    return compare(vectors, bundle.contract, answers.status, answers.status_feature, dict(answers.outputs))


def target_report(vectors: Vectors, bundle: Bundle, result: Answers | NotRun | Failure, seconds: float) -> TargetReport:
    """Turns what a runner gave back into its part of the report. Not run is never passed."""
    if isinstance(result, NotRun):
        return TargetReport(status="not run", reason=result.reason)
    answers, reason = (result.answers, result.reason) if isinstance(result, Failure) else (result, "")
    if answers is None:
        return TargetReport(status="failed", reason=reason, seconds=seconds)
    found = judge(vectors, bundle, answers)
    return _compared(found, seconds, reason, failed=isinstance(result, Failure))


def case_report(
    bundle: Bundle, cases: Sequence[Case], result: Sequence[Tensors] | NotRun | Failure, seconds: float
) -> TargetReport:
    """The same for the outputs that a target gave for each case of a net."""
    if isinstance(result, NotRun):
        return TargetReport(status="not run", reason=result.reason)
    if isinstance(result, Failure):
        return TargetReport(status="failed", reason=result.reason, seconds=seconds)
    return _compared(compare_cases(cases, bundle.contract, result), seconds, "", failed=False)


def _compared(found: Comparison, seconds: float, reason: str, *, failed: bool) -> TargetReport:
    if not found.passed:
        counts = {"flipped label": found.flips, "number beyond its bound": found.over, "status": found.wrong_status}
        reason = "; ".join(f"{n} row(s): {what}" for what, n in counts.items() if n) + (f"; {reason}" if reason else "")
    return TargetReport(
        status="passed" if found.passed and not failed else "failed",
        rows=found.rows,
        flips=found.flips,
        over=found.over,
        wrong_status=found.wrong_status,
        max_abs=found.max_abs,
        max_ulp=found.max_ulp,
        max_ratio=found.max_ratio,
        seconds=seconds,
        reason=reason,
        worst=None if found.worst is None else WorstRow(**vars(found.worst)),
    )


def without_private(own: TargetReport, shipped: int) -> TargetReport:
    """The report without a worst row beyond the first ``shipped``: evidence travels with the bundle, the caller's rows do not.

    A report of a failure keeps it: that one stays with the caller.
    """
    if own.status == "passed" and own.worst is not None and own.worst.row >= shipped:
        return msgspec.structs.replace(own, worst=None)
    return own


def _unproven(target: TargetReport, framework: str, why: str) -> TargetReport:
    """A target that gives the graph's own answers: nobody has compared those with the original's."""
    if target.status != "passed":
        return target
    return msgspec.structs.replace(target, status="unproven", reason=f"unproven against {framework}: {why}")


def make_report(
    bundle: Bundle, evidence: Vectors | Sequence[Case], targets: Mapping[str, TargetReport], notes: Sequence[str] = ()
) -> Report:
    """Puts the report of a bundle together from what each target said of its vectors, or of the cases of a net."""
    provenance = msgspec.json.decode(bundle.files["provenance.json"])
    unproven = provenance.get("unproven")
    if unproven is not None:
        targets = {name: _unproven(target, provenance["framework"], unproven) for name, target in targets.items()}
    ran = [target for target in targets.values() if target.status != "not run"]
    return Report(
        model_id=bundle.model_id,
        name=bundle.name,
        version=bundle.manifest.version,
        compiler=bundle.manifest.compiler,
        framework=f"{provenance['framework']} {provenance['framework_version']}",
        model_class=provenance["model_class"],
        task=bundle.contract.task,
        passed=bool(ran) and unproven is None and all(target.status == "passed" for target in ran),
        **_counts(evidence, bundle.contract),
        bounds=tuple(OutputBound(o.name, o.bound.kind, o.bound.reason) for o in bundle.contract.outputs),
        passes=tuple((p.name, p.outcome, p.reason) for p in bundle.manifest.passes),
        notes=(*bundle.contract.notes, *notes),
        targets=dict(targets),
    )


# Any: three fields of Report, of their own types.
def _counts(evidence: Vectors | Sequence[Case], contract: Contract) -> dict[str, Any]:
    if isinstance(evidence, Vectors):
        return {
            "rows": {origin: int((evidence.origin == i).sum()) for i, origin in enumerate(Vectors.ORIGINS)},
            "refused": int((evidence.status != 0).sum()),
            "undefined": int(evidence.undefined().sum()),
        }
    undefined = sum(
        case.rows(contract) for case in evidence if any(answer.undefined() for answer in case.answers.values())
    )
    return {
        "rows": {o: Case.count(evidence, contract, o) for o in Vectors.ORIGINS},
        "refused": 0,
        "undefined": undefined,
    }
