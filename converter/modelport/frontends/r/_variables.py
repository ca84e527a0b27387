"""The columns that an R model asks of a caller, as the model itself describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["Hints", "Kind", "Variable"]

Kind = Literal["number", "logical", "factor", "ordered", "character"]


class Hints(dict[str, Literal["number", "logical", "text"]]):
    """What the sample shows of its columns, for variables of which the model does not say it: log(x), factor(x).

    ``texts`` are the distinct values of each column as R would make text of them, in the order of the sample; ``levels`` those
    of its factors, where a wrapper around the model knows them.
    """

    def __init__(self, kinds: Mapping[str, Literal["number", "logical", "text"]] = MappingProxyType({})) -> None:
        super().__init__(kinds)
        self.texts: dict[str, tuple[str, ...]] = {}
        self.levels: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Variable:
    """One column of a caller's row.

    ``levels`` are those of a factor in R's order, or the texts that a model knows of a character column (None: any).
    ``numbers`` are the values of which a number is one, where the model asks nothing else of it: ``factor(cyl)``.
    ``matrix`` is the matrix that it is a column of, in its order, where a term of the model is one.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] | None = None
    numbers: tuple[float, ...] | None = None
    matrix: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether rows hold it as text."""
        return self.kind in ("factor", "ordered", "character")
