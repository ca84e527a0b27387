import base64
import hashlib
import itertools
import re

import pytest
from msgspec.structs import replace

from modelport.parity.report import Report, TargetReport
from modelport.parity.report_html import render_html
from tests.unit.parity import _reports
from tests.unit.parity._page import Page, read_page

EVERY = [getattr(_reports, name)() for name in _reports.__all__]


def page_of(report: Report) -> Page:
    return read_page(render_html(report).decode())


def test_passed_says_so_in_one_sentence() -> None:
    text = page_of(_reports.passed()).text
    assert "The Python, Java and C++ libraries give the same predictions as the original: 0 of 1,173 test rows" in text
    assert "Every label is right." in text
    assert "Not run" not in text
    assert "Failed" not in text


def test_passed_shows_what_was_tested_and_how() -> None:
    text = page_of(_reports.passed()).text
    for part in (
        "Probes 973",
        "Synthetic rows 200",
        "Sample rows 0",
        "Refused by the original: 214 rows",
        "Undefined: 2 rows",
        "9 eps Σ|x·w| of a dot product of 9 terms",
        "MergeConcatsPass rolled back 3 label(s) flipped",
        "Nothing to do for: EliminateCommonSubexpressionsPass",
        "Warning: rows of the sample travel with it",
        "2.2\xa0×\xa010⁻¹⁶",
        "Closest calls",
        _reports.passed().model_id,
        "scikit-learn 1.9.0",
        "modelport 0.1.0",
    ):
        assert " ".join(part.split()) in text


def test_not_run_beside_passed_does_not_look_passed() -> None:
    page = page_of(_reports.partly())
    assert "0 of 1,173 test rows differ. C++ was not run." in page.text
    assert "cmake was not found" in page.text
    verdict = next(a for a in page.of("section") if "verdict" in (a.get("class") or ""))
    assert verdict["class"] == "verdict partly"
    assert [a["class"] for a in page.of("li") if "card" in (a.get("class") or "")] == ["card passed", "card not-run"]


def test_nothing_run_proves_nothing() -> None:
    text = page_of(_reports.not_run()).text
    assert "Nothing is proven: no library was run." in text
    assert "no JDK 17 or newer was found" in text
    assert "Passed" not in text


def test_no_targets_at_all_proves_nothing() -> None:
    assert "Nothing is proven" in page_of(replace(_reports.not_run(), targets={})).text


def test_failed_shows_the_worst_row_with_its_inputs() -> None:
    text = page_of(_reports.failed()).text
    for part in (
        "The Java library does not give the same predictions as the original: at least 3 of 1,173 test rows differ.",
        "3 rows with a flipped label and 1 row with a number beyond its bound",
        "row 1,041",
        "bill_depth_mm 17.300000000000004",
        "flipper_length_mm missing",
        'island "Torgersen"',
        'sex ""',
        "Original [0.9712345678901234",
        "Java [0.9712345678901294",
        "6.0 × 10⁻¹⁵ apart, where 1.2 × 10⁻¹⁵ is allowed",
        "Distance ÷ bound the largest of all numbers; 1 is the limit 0.11 5.01",
        "The C++ library is not proven: it did not build",
        "error: no matching function",
        "predict(1, <features>);",
    ):
        assert part in text


def test_right_answers_with_failing_tests_are_a_failure() -> None:
    target = TargetReport(status="failed", rows=1173, reason="tests failed: ModelTest.threads")
    text = page_of(replace(_reports.passed(), passed=False, targets={"java-ort": target})).text
    assert "The Java library gives the same predictions as the original, but its own tests failed." in text
    assert "ModelTest.threads" in text


def test_equal_to_the_last_digit_is_said() -> None:
    target = TargetReport(status="passed", rows=10)
    text = page_of(replace(_reports.passed(), task="regressor", targets={"java-ort": target})).text
    assert "Every number is equal to the last digit." in text
    assert "10 rows in the bundle" in text


def test_two_backends_of_a_language_are_told_apart() -> None:
    good = TargetReport(status="passed", rows=10)
    text = page_of(replace(_reports.passed(), targets={"java-ort": good, "java-native": good})).text
    assert "The Java (ONNX Runtime) and Java (native) libraries give" in text


def test_hostile_text_neither_runs_nor_hides() -> None:
    html = render_html(_reports.hostile()).decode()
    page = read_page(html)
    assert not {"script", "img", "iframe", "object"} & set(page.tags())
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert r"\u202egpj.exe" in page.text
    assert r"\u0000\u001b[2J\ufffe\ud800" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", html)


@pytest.mark.parametrize("report", EVERY)
def test_page_needs_nothing_else(report: Report) -> None:
    html = render_html(report).decode()
    assert "://" not in html
    assert "@import" not in html and "url(" not in html
    assert not [a for _, a in read_page(html).elements if "style" in a or "src" in a]
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in html, "the page's own policy must admit its style sheet"


@pytest.mark.parametrize("report", EVERY)
def test_page_is_sound_and_accessible(report: Report) -> None:
    html = render_html(report).decode()
    page = read_page(html)
    assert html.lstrip().startswith("<!doctype html>")
    assert page.unbalanced == []
    assert page.of("html") == [{"lang": "en"}]
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a} <= set(ids)
    assert all("scope" in a for a in page.of("th"))
    assert all(a.get("aria-hidden") == "true" for a in page.of("svg"))
    levels = [int(tag[1]) for tag in page.tags() if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("report", EVERY)
def test_same_report_same_bytes(report: Report) -> None:
    assert render_html(report) == render_html(report)


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_have_contrast(scheme: int) -> None:
    """WCAG 2.2, 1.4.3: text at least 4.5:1 against what lies behind it, in the light and in the dark scheme."""
    html = render_html(_reports.passed()).decode()
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", re.findall(r":root \{(.*?)\}", html, re.DOTALL)[scheme]))
    pairs = [(ink, paper) for ink in ("ink", "soft") for paper in ("paper", "sheet", "code")]
    pairs += [(tone, "sheet") for tone in ("pass", "fail", "part", "idle")]
    pairs += [(tone, f"{tone}-sheet") for tone in ("pass", "fail", "part", "idle")]
    pairs += [("idle", "paper"), *(("ink", f"{tone}-sheet") for tone in ("pass", "fail", "part", "idle"))]
    poor = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


def _contrast(first: str, second: str) -> float:
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_net_is_told_in_its_own_words() -> None:
    text, of_rows = (page_of(replace(_reports.passed(), task=task)).text for task in ("net", "classifier"))
    for word in ("Wrong status", "unseen category", "categories that the model knows"):
        assert word in of_rows
        assert word not in text
    assert "the least and greatest lengths" in text
    assert "drawn from a fixed seed where none were" in text
