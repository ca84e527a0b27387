"""Every recipe against every target: predictions recorded from the original at the moment of conversion."""

import os

import pytest

from fixtures.recipes._recipe import NETS
from fixtures.recipes.sklearn._all import all_recipes
from modelport.bundle.reader import open_bundle
from modelport.parity.report import Report
from modelport.pipeline import verify

RECIPES = [recipe for recipe in all_recipes() if not NETS & set(recipe.classes)]
COMPILED = [recipe.name for recipe in RECIPES if recipe.compiled]


def check(report: Report, target: str) -> None:
    """Passed, every row compared, no flip; a missing toolchain is a failure where CI is set."""
    found = report.targets[target]
    if found.status == "not run" and not os.environ.get("CI"):
        pytest.skip(found.reason)
    assert found.status == "passed", f"{found.reason}\n{found.worst}"
    assert (found.flips, found.over, found.wrong_status) == (0, 0, 0)
    assert found.rows == len(report_rows(report)) > 200
    assert found.max_ratio <= 1


def report_rows(report: Report) -> range:
    return range(sum(report.rows.values()))


@pytest.mark.parametrize("name", [recipe.name for recipe in RECIPES])
def test_python(name: str, proven) -> None:
    check(proven(name).report, "python-ort")


@pytest.mark.java
@pytest.mark.parametrize("name", COMPILED)
def test_java(name: str, bundle_path) -> None:
    check(verify(open_bundle(bundle_path(name)), ["java-ort"]), "java-ort")


@pytest.mark.cpp
@pytest.mark.parametrize("name", COMPILED)
def test_cpp(name: str, bundle_path) -> None:
    check(verify(open_bundle(bundle_path(name)), ["cpp-ort"]), "cpp-ort")
