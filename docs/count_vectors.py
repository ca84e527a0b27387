"""Proves every recipe and writes how many rows that took for each class: python -m docs.count_vectors [beginning].

With the beginning of recipes' names, such as r-, only those are proven anew; the others keep their numbers.
"""

import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from fixtures.recipes._recipe import Recipe
from fixtures.recipes.sklearn._all import all_recipes
from modelport.frontends.proven import Proven, proven
from modelport.options import Options
from modelport.pipeline import convert

__all__ = ["PROVEN", "count_vectors", "main"]

PROVEN = Path(__file__).resolve().parent.parent / "converter/modelport/frontends/proven.json"


def count_vectors(rows_of: Callable[[Recipe], int], beginning: str = "") -> Mapping[str, Proven]:
    """Returns for each class the recipes that name it and the rows of their proofs, as ``rows_of`` gives them."""
    found: dict[str, Proven] = {}
    for recipe in all_recipes():
        if not recipe.name.startswith(beginning):
            continue
        for name in recipe.classes:
            before = found.get(name, Proven(0, 0))
            found[name] = Proven(before.recipes + 1, before.vectors + rows_of(recipe))
    return dict(sorted(found.items()))


def _rows_of(recipe: Recipe) -> int:
    case = recipe.make()
    options = Options(name="m", response=case.response, targets=(), **recipe.options)
    with tempfile.TemporaryDirectory(prefix="modelport-docs-") as folder:
        _, report = convert(case.model, case.rows, Path(folder) / "m", options)
    return report.targets["python-ort"].rows


def main() -> None:
    """Writes the file."""
    beginning = sys.argv[1] if len(sys.argv) > 1 else ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counted = count_vectors(_rows_of, beginning)
    if beginning:
        counted = dict(sorted((dict(proven()) | counted).items()))
    PROVEN.write_bytes(msgspec.json.format(msgspec.json.encode(counted), indent=1) + b"\n")


if __name__ == "__main__":
    main()
