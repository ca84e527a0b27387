"""Each class of the support table is covered by a recipe: nothing is called supported that no proof has seen."""

import pytest

from fixtures.recipes.sklearn._all import all_recipes
from modelport.frontends.registry import front_ends

UNPROVEN = {name for front in front_ends() for name, _ in front.unproven()}
SUPPORTED = sorted({name for front in front_ends() for name, _ in front.support()} - UNPROVEN)


@pytest.fixture(scope="module")
def covered() -> set[str]:
    return {name for recipe in all_recipes() for name in recipe.classes}


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_recipe_covers(name: str, covered: set[str]) -> None:
    assert name in covered, f"no recipe in fixtures/recipes lists {name!r} in its classes: add one line there"


def test_recipes_cover_nothing_else(covered: set[str]) -> None:
    unknown = sorted(covered - set(SUPPORTED))
    assert not unknown, f"recipes name classes without a converter: {', '.join(unknown)}"
