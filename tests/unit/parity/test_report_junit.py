import re
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from modelport.parity.report import Report, TargetReport
from modelport.parity.report_junit import render_junit
from tests.unit.parity import _reports

EVERY = [getattr(_reports, name)() for name in _reports.__all__]

# What every reader takes: element -> (attributes it must have, attributes it may have, children).
RULES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"time", "skipped"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name", "classname"}, {"time"}, {"skipped", "error", "failure"}),
    "skipped": (set(), {"message", "type"}, set()),
    "error": ({"message"}, {"type"}, set()),
    "failure": ({"message"}, {"type"}, set()),
}


def read(report: Report) -> ET.Element:
    return ET.fromstring(render_junit(report))


def outcomes(report: Report, target: str) -> dict[str, str | None]:
    """What stands in each test case of a target: None when it passed."""
    cases = [case for suite in read(report) if suite.get("name") == target for case in suite.iter("testcase")]
    return {case.get("name", ""): case[0].tag if len(case) else None for case in cases}


@pytest.mark.parametrize("report", EVERY)
def test_follows_the_common_schema(report: Report) -> None:
    root = read(report)
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, children = RULES[element.tag]
        assert required <= set(element.attrib) <= required | optional, element.tag
        assert {child.tag for child in element} <= children
        if "time" in element.attrib:
            assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
    for suite in root:
        tags = [child.tag for child in suite]
        assert tags == ["properties", *["testcase"] * int(suite.get("tests", ""))]
        assert all(len(case) <= 1 for case in suite.iter("testcase"))


@pytest.mark.parametrize("report", EVERY)
def test_counts_are_those_of_the_cases(report: Report) -> None:
    root = read(report)
    for node in (root, *root):
        assert int(node.get("tests", "")) == len(list(node.iter("testcase")))
        assert int(node.get("failures", "")) == len(list(node.iter("failure")))
        assert int(node.get("errors", "")) == len(list(node.iter("error")))
    assert all(int(suite.get("skipped", "")) == len(list(suite.iter("skipped"))) for suite in root)


@pytest.mark.parametrize("report", EVERY)
def test_same_report_same_bytes(report: Report) -> None:
    assert render_junit(report) == render_junit(report)


def test_passed_has_a_suite_for_each_target() -> None:
    report = _reports.passed()
    assert [suite.get("name") for suite in read(report)] == ["python-ort", "java-ort", "cpp-ort"]
    assert outcomes(report, "java-ort") == dict.fromkeys(("project", "status", "labels", "numbers"))
    facts = {p.get("name"): p.get("value") for p in read(report)[1].iter("property")}
    assert (facts["model_id"], facts["rows"], facts["flips"]) == (report.model_id, "1173", "0")
    assert float(facts["max_abs"] or "") == 2.22e-16


def test_not_run_is_skipped_with_its_reason() -> None:
    report = _reports.partly()
    assert set(outcomes(report, "cpp-ort").values()) == {"skipped"}
    messages = {skipped.get("message") for skipped in read(report).iter("skipped")}
    assert messages == {"not run: cmake was not found"}
    assert set(outcomes(report, "python-ort").values()) == {None}


def test_wrong_predictions_name_the_worst_row() -> None:
    report = _reports.failed()
    expected = {"project": None, "status": None, "labels": "failure", "numbers": "failure"}
    assert outcomes(report, "java-ort") == expected
    labels, _ = read(report).iter("failure")
    assert (labels.get("message"), labels.get("type")) == ("3 rows with a flipped label", "labels")
    for part in ("row 1041", "expected [0.97", "got      [0.97", 'island = "Torgersen"', "flipper_length_mm = missing"):
        assert part in (labels.text or "")


def test_a_build_that_fails_is_an_error_and_compares_nothing() -> None:
    report = _reports.failed()
    expected = {"project": "error", "status": "skipped", "labels": "skipped", "numbers": "skipped"}
    assert outcomes(report, "cpp-ort") == expected
    error = next(read(report).iter("error"))
    assert error.get("message") == "the build failed"
    assert error.text == "the build failed\nerror: no matching function\n  12 |  predict(1, <features>);\n     | ^"


def test_right_answers_with_failing_tests_fail_the_project() -> None:
    target = TargetReport(status="failed", rows=9, reason="tests failed: ModelTest.threads")
    report = replace(_reports.passed(), passed=False, targets={"java-ort": target})
    assert outcomes(report, "java-ort") == {"project": "failure", "status": None, "labels": None, "numbers": None}


def test_hostile_text_stays_text() -> None:
    data = render_junit(_reports.hostile())
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data)
    suite = ET.fromstring(data)[0]
    assert suite.get("name") == "<script>alert(1)</script>"
    text = next(suite.iter("failure")).text or ""
    assert r"\u202egpj.exe" in text
    assert "<script>alert(1)</script>" in text
