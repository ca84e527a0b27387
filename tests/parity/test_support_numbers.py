"""The numbers of the support table are those of the proofs that these tests make."""

from docs.count_vectors import count_vectors
from modelport.frontends.proven import proven


def test_proven_json_is_what_the_recipes_prove(proven_recipe_rows) -> None:
    counted, written = count_vectors(proven_recipe_rows), proven()
    assert counted.keys() == written.keys(), "run: make vectors docs"
    for name, found in counted.items():
        assert found.recipes == written[name].recipes, f"{name}: run make vectors docs"
        # A model fitted on another processor may split elsewhere by a last bit, and have a few borders more or less.
        assert abs(found.vectors - written[name].vectors) <= 0.1 * written[name].vectors, (
            f"{name}: run make vectors docs"
        )
