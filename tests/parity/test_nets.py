"""Every recipe of a net: all outputs of all calls within their bounds, which are no wider than rounding makes them."""

import os
from pathlib import Path

import numpy as np
import pytest

from fixtures.recipes._recipe import NETS as CLASSES
from fixtures.recipes.sklearn._all import all_recipes
from modelport.bundle.assemble import with_projects
from modelport.bundle.reader import open_bundle
from modelport.pipeline import verify
from modelport.targets.registry import find_targets

NETS = [recipe.name for recipe in all_recipes() if CLASSES & set(recipe.classes)]
COMPILED = [recipe.name for recipe in all_recipes() if CLASSES & set(recipe.classes) and recipe.compiled]

# Of an output's own size: float32 counts seven digits, and a net loses three of them at most; of 8 bits it may lose more.
_LOST = {False: 1e-3, True: 0.1}
QUANTIZED = {recipe.name for recipe in all_recipes() if "quantized" in recipe.options}


@pytest.mark.parametrize("name", NETS)
def test_python(name: str, proven) -> None:
    made = proven(name)
    found = made.report.targets["python-ort"]
    assert found.status == "passed", f"{found.reason}\n{found.worst}"
    assert (found.flips, found.over) == (0, 0)
    # A call of a fixed batch counts as one row.
    assert found.rows == sum(made.report.rows.values()) > 8
    assert made.report.undefined == 0
    assert not any("hardly depends" in note for note in made.report.notes)


@pytest.mark.java
@pytest.mark.parametrize("name", COMPILED)
def test_java(name: str, proven) -> None:
    _prove_library(proven(name).path, "java")


@pytest.mark.cpp
@pytest.mark.parametrize("name", COMPILED)
def test_cpp(name: str, proven) -> None:
    _prove_library(proven(name).path, "cpp")


def _prove_library(path: Path, language: str) -> None:
    bundle = open_bundle(path)
    (target,) = find_targets((language,), nets=True)
    runner = f"{language}-ort"
    report = verify(with_projects(bundle, {language: target.render(bundle, bundle.manifest.options)}), [runner])
    found = report.targets[runner]
    if found.status == "not run" and not os.environ.get("CI"):
        pytest.skip(found.reason)
    assert found.status == "passed", f"{found.reason}\n{found.worst}"
    assert (found.flips, found.over) == (0, 0)
    assert found.rows == sum(report.rows.values()) > 10


@pytest.mark.parametrize("name", NETS)
def test_bounds_are_tight(name: str, proven) -> None:
    bundle = open_bundle(proven(name).path)
    plain = next(case for case in bundle.cases() if case.name in ("batch of 2", "synthetic"))
    for output, answer in plain.answers.items():
        if answer.expected.dtype.kind == "f":
            assert answer.bound.max() < _LOST[name in QUANTIZED] * np.abs(answer.expected).max(), output


@pytest.mark.parametrize("name", NETS)
def test_a_bundle_proves_itself_again(name: str, proven) -> None:
    assert verify(open_bundle(proven(name).path), ["python-ort"]).passed
