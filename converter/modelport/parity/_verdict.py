"""Says in one sentence what a report means, and in a few more what it does not: 'not run' is never 'passed'."""

from dataclasses import dataclass
from typing import Literal

from modelport.parity._plain import count, figure, joined, language, log_text, shortened
from modelport.parity.report import Report, TargetReport

__all__ = ["Level", "Verdict", "differing", "differs", "first_line", "level", "verdict"]

Level = Literal["passed", "partly", "failed", "not-run"]

_LABELS: dict[Level, str] = {
    "passed": "Passed",
    "partly": "Passed where run",
    "failed": "Failed",
    "not-run": "Not run",
}
_WITH_LABELS = ("classifier", "clusterer", "outlier_detector", "density")


@dataclass(frozen=True)
class Verdict:
    """``level`` chooses the colour, ``label`` says it in words; ``details`` has a sentence for each further fact."""

    level: Level
    label: str
    sentence: str
    details: tuple[str, ...]


def level(target: TargetReport) -> Level:
    """The level of one target; a status that is not known counts as failed."""
    if target.status == "passed":
        return "passed"
    return "not-run" if target.status in ("not run", "unproven") else "failed"


def first_line(text: str) -> str:
    """The first line of a reason, fit to stand in a sentence."""
    lines = [line.strip() for line in log_text(text).split("\n") if line.strip()]
    return shortened(lines[0], 200) if lines else ""


def differs(target: TargetReport) -> bool:
    """Whether any of its answers is wrong; a target can fail without, in its own build or tests."""
    return bool(target.flips or target.over or target.wrong_status)


def differing(target: TargetReport) -> str:
    """'3 of 1,173 test rows differ'. A row can be wrong in several ways, so two counts give only a lower limit."""
    wrong = [number for number in (target.flips, target.over, target.wrong_status) if number]
    least = max(wrong, default=0)
    start = "at least " if len(wrong) > 1 and least < target.rows else ""
    return f"{start}{count(least)} of {count(target.rows, 'test row')} {'differs' if least == 1 else 'differ'}"


def verdict(report: Report) -> Verdict:
    """Sums the report up."""
    names = {name: language(name, list(report.targets)) for name in report.targets}
    groups: dict[Level, list[str]] = {"passed": [], "failed": [], "not-run": []}
    for name, target in report.targets.items():
        groups[level(target)].append(name)
    idle = [_idle(names[name], report.targets[name]) for name in groups["not-run"]]
    proven = _proven(report, names, groups["passed"])
    if groups["failed"]:
        first, rest = _refuted(report, names, groups["failed"])
        return _made("failed", first, [*rest, *([proven] if proven else []), *idle])
    if groups["passed"]:
        exact = _exactness(report, [report.targets[name] for name in groups["passed"]])
        if not idle:
            return _made("passed", proven, [exact])
        # In the sentence itself: whoever reads no further must not take a library for proven that nobody ran.
        missing = [names[name] for name in groups["not-run"]]
        return _made(
            "partly", f"{proven} {joined(missing)} {'was' if len(missing) == 1 else 'were'} not run.", [exact, *idle]
        )
    open_ = [target for target in report.targets.values() if target.status == "unproven"]
    if open_:
        return Verdict("not-run", "Unproven", f"Nothing is proven: {first_line(open_[0].reason)}.", tuple(idle))
    return _made("not-run", "Nothing is proven: no library was run.", idle)


def _made(found: Level, sentence: str, details: list[str]) -> Verdict:
    return Verdict(found, _LABELS[found], sentence, tuple(details))


def _proven(report: Report, names: dict[str, str], passed: list[str]) -> str:
    if not passed:
        return ""
    libraries = "library gives" if len(passed) == 1 else "libraries give"
    start = f"The {joined([names[name] for name in passed])} {libraries} the same predictions as the original"
    rows = {names[name]: report.targets[name].rows for name in passed}
    if len(set(rows.values())) == 1:
        return f"{start}: 0 of {count(next(iter(rows.values())), 'test row')} differ."
    # convert proves Python on the caller's own rows as well, which do not travel with the bundle.
    return f"{start}: 0 rows differ of {joined([f'{count(n)} in {name}' for name, n in rows.items()])}."


def _refuted(report: Report, names: dict[str, str], failed: list[str]) -> tuple[str, list[str]]:
    """The sentence, and more where one does not hold them all; wrong predictions come before missing ones."""
    wrong = [name for name in failed if differs(report.targets[name])]
    each = {name: _failure(names[name], report.targets[name]) for name in failed}
    if len(wrong) < 2:
        first = wrong[0] if wrong else failed[0]
        return each.pop(first), list(each.values())
    who = joined([names[name] for name in wrong])
    return f"The {who} libraries do not give the same predictions as the original.", list(each.values())


def _failure(name: str, target: TargetReport) -> str:
    if differs(target):
        return f"The {name} library does not give the same predictions as the original: {differing(target)}."
    if target.rows:
        return f"The {name} library gives the same predictions as the original, but its own tests failed."
    return f"The {name} library is not proven: it did not build, or it did not run to its end."


def _idle(name: str, target: TargetReport) -> str:
    reason = first_line(target.reason).rstrip(".")
    if target.status == "unproven":
        return f"{name} gives the predictions of the converted graph; the original was not asked ({reason})."
    return f"{name} was not run{f' ({reason})' if reason else ''}: nothing is known about it."


def _exactness(report: Report, targets: list[TargetReport]) -> str:
    labels = report.task in _WITH_LABELS
    if all(target.max_abs == 0 and target.max_ulp == 0 for target in targets):
        return f"Every {'label and every ' if labels else ''}number is equal to the last digit."
    farthest = figure(max(target.max_abs for target in targets))
    return (
        f"{'Every label is right. ' if labels else ''}Numbers differ only by the rounding that arithmetic itself "
        f"allows: by {farthest} at most, and each within its bound."
    )
