"""Fixtures shared by all tests: fitted models and bundles, made once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.recipes._recipe import Made, Recipe
from fixtures.recipes.sklearn._all import all_recipes

MakeBundle = Callable[[str], Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="Write the files of tests/golden and tests/compat anew.")


@pytest.fixture(scope="session")
def golden(pytestconfig: pytest.Config) -> bool:
    """Whether files that are kept are to be written anew: `make golden`."""
    return bool(pytestconfig.getoption("--golden"))


def _recipes() -> dict[str, Recipe]:
    return {recipe.name: recipe for recipe in all_recipes()}


@pytest.fixture(scope="session")
def recipes() -> dict[str, Recipe]:
    return _recipes()


@pytest.fixture(scope="session")
def made(recipes: dict[str, Recipe]) -> Callable[[str], Made]:
    """A fitted model by the name of its recipe."""
    cache: dict[str, Made] = {}

    def make(name: str) -> Made:
        if name not in cache:
            cache[name] = recipes[name].make()
        return cache[name]

    return make


@pytest.fixture(scope="session")
def bundle_path(recipes: dict[str, Recipe], made: Callable[[str], Made], tmp_path_factory: pytest.TempPathFactory):
    """The path of a bundle with both projects, by the name of its recipe; named 'penguins'."""
    from modelport.options import Options
    from modelport.pipeline import convert

    cache: dict[str, Path] = {}
    root = tmp_path_factory.mktemp("bundles")

    def make(name: str) -> Path:
        if name not in cache:
            case = made(name)
            options = Options(
                name="penguins",
                response=case.response,
                java_package="com.acme.penguins",
                java_group="com.acme",
                cpp_namespace="acme::penguins",
                **recipes[name].options,
            )
            convert(case.model, case.rows, root / name, options)
            cache[name] = root / name
        return cache[name]

    return make
