"""Draws a report as JUnit XML, as GitLab, Jenkins and GitHub read it: one test suite a target, 'not run' skipped.

    testsuites
      testsuite java-ort
        testcase project    it builds, and its own tests pass
        testcase status     rows are taken and refused as by the original
        testcase labels     no label is flipped
        testcase numbers    no number lies beyond its bound

Only elements and attributes of the schema that all readers share; no time stamp and no host name.
"""

import re
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from modelport.parity._plain import count, figure, log_text, shortened, value_text, visible
from modelport.parity._verdict import Level, differing, first_line, level
from modelport.parity.report import Report, TargetReport, WorstRow

__all__ = ["render_junit"]

# XML 1.0, production 2 (Char), less DEL and the C1 controls.
_NOT_XML = re.compile("[^\\t\\n\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_CASES = ("project", "status", "labels", "numbers")


@dataclass(frozen=True)
class _Case:
    """One test case: None when it passed, else what stands in it."""

    name: str
    outcome: Literal["skipped", "error", "failure"] | None = None
    message: str = ""
    kind: str = ""
    details: str = ""


def render_junit(report: Report) -> bytes:
    """Returns the XML; the same report gives the same bytes."""
    suites = {name: _cases(target) for name, target in report.targets.items()}
    everything = [case for cases in suites.values() for case in cases]
    root = ET.Element(
        "testsuites",
        name=_clean(f"modelport: {visible(report.name)} {visible(report.version)}"),
        tests=str(len(everything)),
        failures=_tally(everything, "failure"),
        errors=_tally(everything, "error"),
        time=_time(sum(target.seconds for target in report.targets.values())),
    )
    for name, cases in suites.items():
        root.append(_suite(report, name, cases))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _suite(report: Report, name: str, cases: list[_Case]) -> ET.Element:
    target = report.targets[name]
    suite = ET.Element(
        "testsuite",
        name=_clean(visible(name)),
        tests=str(len(cases)),
        failures=_tally(cases, "failure"),
        errors=_tally(cases, "error"),
        skipped=_tally(cases, "skipped"),
        time=_time(target.seconds),
    )
    properties = ET.SubElement(suite, "properties")
    for key, value in _facts(report, target).items():
        ET.SubElement(properties, "property", name=key, value=_clean(visible(value)))
    # GitLab and Jenkins tell test cases apart by class name and name: the same ones at every proof of this model.
    group = _clean(visible(f"{report.name}.{name}"))
    for case in cases:
        seconds = target.seconds if case.name == "project" else 0.0
        element = ET.SubElement(suite, "testcase", classname=group, name=case.name, time=_time(seconds))
        if case.outcome is not None:
            inner = ET.SubElement(element, case.outcome, message=_clean(case.message))
            if case.kind:
                inner.set("type", case.kind)
            inner.text = _clean(case.details) or None
    return suite


def _cases(target: TargetReport) -> list[_Case]:
    found: Level = level(target)
    if found == "not-run":
        message = f"not run: {first_line(target.reason) or 'no reason was given'}"
        return [_Case(name, "skipped", message, details=log_text(target.reason)) for name in _CASES]
    if found == "failed" and not target.rows:
        message = first_line(target.reason) or "it gave no answers"
        rest = [_Case(name, "skipped", "there are no answers to compare") for name in _CASES[1:]]
        return [_Case("project", "error", message, "project", log_text(target.reason)), *rest]
    compared = [
        _compared("status", target.wrong_status, "refused or taken otherwise than by the original", target),
        _compared("labels", target.flips, "with a flipped label", target),
        _compared("numbers", target.over, "with a number beyond its bound", target),
    ]
    if found == "failed" and all(case.outcome is None for case in compared):
        # The answers are right, so what failed are the tests of the project itself.
        reason = first_line(target.reason) or "its own tests failed"
        return [_Case("project", "failure", reason, "project", log_text(target.reason)), *compared]
    return [_Case("project"), *compared]


def _compared(name: str, wrong: int, what: str, target: TargetReport) -> _Case:
    if not wrong:
        return _Case(name)
    worst = [] if target.worst is None else _worst(target.worst)
    lines = [f"{differing(target)}.", *worst, log_text(target.reason)]
    return _Case(name, "failure", f"{count(wrong, 'row')} {what}", name, "\n".join(lines))


def _worst(worst: WorstRow) -> list[str]:
    lines = [
        f"Worst row of this target: row {worst.row}, output {visible(worst.output)}",
        f"  expected {shortened(visible(worst.expected))}",
        f"  got      {shortened(visible(worst.got))}",
    ]
    if worst.output != "status":
        lines.append(f"  distance {figure(worst.distance)}, bound {figure(worst.bound)}")
    return [*lines, "  inputs", *(f"    {visible(name)} = {value_text(v)}" for name, v in worst.inputs.items())]


def _facts(report: Report, target: TargetReport) -> dict[str, str]:
    facts = {
        "model_id": report.model_id,
        "model": f"{report.name} {report.version}",
        "framework": report.framework,
        "compiler": report.compiler,
        "status": target.status,
    }
    if not target.rows:
        return facts
    return facts | {
        "rows": str(target.rows),
        "flips": str(target.flips),
        "over_bound": str(target.over),
        "wrong_status": str(target.wrong_status),
        "max_distance_over_bound": f"{target.max_ratio:.3g}",
        "max_abs": f"{target.max_abs:.3g}",
        "max_ulp": str(target.max_ulp),
    }


def _tally(cases: list[_Case], outcome: str) -> str:
    return str(sum(case.outcome == outcome for case in cases))


def _time(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"


def _clean(text: str) -> str:
    """Drops what XML 1.0 cannot hold, and the controls that it merely advises against."""
    return _NOT_XML.sub("", text)
