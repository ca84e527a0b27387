"""Each recipe is converted once for all tests of this folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.recipes._recipe import Recipe
from modelport.options import Options
from modelport.parity.report import Report
from modelport.pipeline import convert


@dataclass(frozen=True)
class Proven:
    """A bundle without projects, and the report of its conversion."""

    path: Path
    report: Report


@pytest.fixture(scope="session")
def proven(recipes, made, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Proven]:
    """The bundle of a recipe by its name."""
    cache: dict[str, Proven] = {}
    root = tmp_path_factory.mktemp("proven")

    def make(name: str) -> Proven:
        if name not in cache:
            case = made(name)
            options = Options(name="m", response=case.response, targets=(), **recipes[name].options)
            _, report = convert(case.model, case.rows, root / name, options)
            cache[name] = Proven(root / name, report)
        return cache[name]

    return make


@pytest.fixture(scope="session")
def proven_recipe_rows(proven) -> Callable[[Recipe], int]:
    """How many rows the proof of a recipe has."""
    return lambda recipe: proven(recipe.name).report.targets["python-ort"].rows
