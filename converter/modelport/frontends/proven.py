"""How many rows each class of the support table was proven by: counted by `make vectors`, never written by hand."""

from functools import cache
from importlib.resources import files

import msgspec

__all__ = ["Proven", "proven"]


class Proven(msgspec.Struct, frozen=True):
    """The recipes that cover a class, and the rows of their proofs: each answered by the original and by the graph."""

    recipes: int
    vectors: int


@cache
def proven() -> dict[str, Proven]:
    """Returns what proven.json says, by the class's name."""
    text = files("modelport.frontends").joinpath("proven.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, Proven])
