"""What an R expression is while it is compiled: one value a row, a matrix of them, or the same for every row."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import onnx_ir as ir

from modelport.frontends.r.serialize import RObject

__all__ = ["Constant", "Grid", "Joined", "Term", "Vector", "VectorKind"]

VectorKind = Literal["number", "logical", "text", "factor"]


@dataclass(frozen=True)
class Vector:
    """One value a row.

    Shapes: ``value`` is float64 [N, 1] of a number or logical (0, 1; NaN is NA), text [N, 1], or int64 [N] of a factor:
    the place among ``levels``, their count where it is NA. ``feature`` is the column that it is, where it is one as it
    stands. ``as_factor``: numbers, logicals or texts that R made a factor of, whose levels the model knows elsewhere.
    """

    kind: VectorKind
    value: ir.Value
    levels: tuple[str, ...] = ()
    feature: str | None = None
    as_factor: bool = False


@dataclass(frozen=True)
class Grid:
    """A matrix with one row for each row: float64 [N, K]."""

    value: ir.Value
    names: tuple[str, ...]


@dataclass(frozen=True)
class Constant:
    """The same for every row: numbers, logicals (as numbers) or texts; None is NA."""

    kind: Literal["number", "logical", "text"]
    values: tuple[float | str | None, ...]

    @property
    def single(self) -> float | str | None:
        """The one value. Raises: ValueError when there are more."""
        (value,) = self.values
        return value

    @property
    def numbers(self) -> tuple[float, ...]:
        """All values as numbers, NA as NaN."""
        return tuple(float("nan") if value is None else float(value) for value in self.values)


@dataclass(frozen=True)
class Joined:
    """The text that R makes of several columns and constants with ``sep`` between them; its levels are known elsewhere.

    ``missing``: the text that NA becomes, None where the whole is NA then.
    """

    parts: tuple[Vector | str, ...]
    sep: str
    missing: str | None


# What a compiled expression may be; R's own lists stand in calls as arguments of a few functions only.
Term: TypeAlias = Vector | Grid | Joined | Constant | RObject
